"""The made-up file is as odd as the real one, the same every time, and nobody else's."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.real import oracle, twin
from tests.real.files import REAL, needs_real

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["oracle.py", "twin.py"])
def test_it_imports_nothing_but_the_standard_library(name: str) -> None:
    imported = set()
    for node in ast.walk(ast.parse((HERE / name).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import reaches the project"
            imported.add(node.module or "")
        elif isinstance(node, ast.Name):
            assert node.id not in {"__import__", "exec", "eval", "importlib"}
    assert {module.partition(".")[0] for module in imported} <= sys.stdlib_module_names


def _book(tmp_path: Path) -> oracle.Book:
    return oracle.read(twin.write(tmp_path / "twin.csv"))


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = (twin.write(tmp_path / name).read_bytes() for name in ("a.csv", "b.csv"))
    assert first == second
    assert first != twin.write(tmp_path / "c.csv", seed=1).read_bytes()


def test_it_has_the_quirks() -> None:
    header, *rows = twin.rows()
    twice = {name for name, count in Counter(header).items() if count > 1}
    assert {"", "Totals check Oct-Sep [pasted values]", "Totals check Oct-Sep"} <= twice
    assert sum("\n" in name for name in header) > 40
    assert {len(row) for row in rows} == {len(header)}
    slugs = [row[header.index("Slug")] for row in rows]
    assert len(set(slugs)) == len(rows) == twin.SERVICES
    assert sum(len(slug) > 100 for slug in slugs) > 5
    assert sum(row[4] != row[4].strip() for row in rows) > 3
    cells = Counter(cell for row in rows for cell in row)
    assert all(cells[odd] for odd in ("", "-", "y", "x", "ok", "error", "#REF!", "100%", "0"))
    assert any("£" in cell for row in rows for cell in row)
    assert any("\n" in cell for row in rows for cell in row)
    assert any(cell[:1].isdigit() and "," in cell for row in rows for cell in row)


def test_it_reaches_every_part_of_the_formula(tmp_path: Path) -> None:
    book = _book(tmp_path)
    counts = book.counts()
    assert counts["products"] == twin.SERVICES
    assert set(counts["refused"]) == {
        "cost_per_transaction: unknown",
        "digital_take_up: over 100 %",
        "digital_take_up: total is 0",
        "digital_take_up: total missing",
    }
    assert sum(not product.values for product in book.products.values()) > 3
    found = [
        answer
        for day in (dt.date(2017, 9, 30), dt.date(2015, 3, 31))
        for answer in oracle.answers(book, day).values()
    ]
    assert {answer.status for answer in found} == {"unknown", "healthy", "watch", "at_risk"}
    assert {answer.largest_loss for answer in found} == {None, oracle.COST, oracle.TAKE_UP}
    points = [score for answer in found for score in answer.scores.values()]
    assert {0, 100} < set(points)


@needs_real
def test_no_row_of_the_real_file_is_in_it() -> None:
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        _, *real = csv.reader(file)
    header, *ours = twin.rows()
    for name in ("Slug", "Name of service", "Description of service"):
        place = header.index(name)
        theirs = {row[{"Slug": 5, "Name of service": 4}.get(name, 111)].strip() for row in real}
        assert theirs.isdisjoint(row[place].strip() for row in ours if row[place])
    figures = {tuple(row[133:154]) for row in real}
    first = header.index("Total transactions\nJul - Sep 2012")
    same = figures.intersection(tuple(row[first : first + 21]) for row in ours)
    assert same <= {("",) * 21, ("0",) * 21}


@needs_real
def test_the_counts_of_the_real_file_are_those_of_its_readme() -> None:
    book = oracle.read(REAL)
    assert book.counts() == {
        "products": 734,
        "taken": {oracle.VOLUME: 11_938, oracle.COST: 2_083, oracle.TAKE_UP: 8_058},
        "refused": {
            "cost_per_transaction: unknown": 2,
            "digital_take_up: over 100 %": 22,
            "digital_take_up: total is 0": 710,
            "digital_take_up: total missing": 371,
        },
    }
