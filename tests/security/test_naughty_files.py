"""A file whose names are all naughty: each row is taken as it was meant or refused, none gets out.

What comes in through a form is looked at by `test_naughty_strings`; a spreadsheet is another way
in, and what it brings stands on the same pages and in the same exports.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from imports.models import ImportRun, RefusedValue
from portfolio.models import Product
from tests.factories.accounts import AdministratorFactory
from tests.security.form_spy import Reader
from tests.security.naughty import all_strings
from tests.security.test_naughty_strings import EVERY, html_of, meant

STRINGS = [text for text in all_strings() if not any("\ud800" <= one <= "\udfff" for one in text)]
TAKEN_FOR_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.django_db
def test_naughty_names_from_a_file(tmp_path: Path, client: Client) -> None:
    call_command("import_products", _file(tmp_path / "names.csv"), stdout=io.StringIO())
    run = ImportRun.objects.latest("pk")
    refused = {one.raw: one.reason for one in RefusedValue.objects.filter(run=run)}
    stored = {one.slug: one for one in Product.objects.filter(slug__startswith="row-")}
    wrong = [
        f"{text[:60]!r} became {product.name[:60]!r}"
        for number, text in enumerate(STRINGS)
        if (product := stored.get(f"row-{number}"))
        if {product.name, product.mission} - _meanings(text)
    ]
    assert wrong == [], "\n".join(wrong)
    assert len(stored) + run.refused.values("line").distinct().count() == len(STRINGS)
    assert len(stored) > len(STRINGS) / 2
    assert refused
    assert all(refused.values())
    client.force_login(AdministratorFactory())
    assert _let_out(client, stored) == []
    assert _formulas(client, stored) == []


def _meanings(text: str) -> set[str]:
    """The text; without the apostrophe that our exports put before what looks like a formula."""
    return {meant(text), meant(text.removeprefix("'"))}


def _file(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Address", "Name", "Portfolio", "Mission", "Description"])
        for number, text in enumerate(STRINGS):
            rows.writerow([f"row-{number}", text, "Naughty", text, text])
    return path


def _let_out(client: Client, stored: dict[str, Product]) -> list[str]:
    """Tags and attributes on pages of naughty names that pages of plain names do not have."""
    plain = Product.objects.get(pk=max(stored.values(), key=lambda one: one.name.isalpha()).pk)
    known = {("a", "rel"), ("br", "")}  # the next page of a list; lines of a description
    wrong = []
    for path in ("", "health/", "kpis/", "edit/", "delete/", "history/"):
        known |= Reader(html_of(client.get(f"{plain.get_absolute_url()}{path}"))).marks
    known |= Reader(html_of(client.get("/products/?q=nothing-is-called-so"))).marks
    known |= Reader(html_of(client.get(f"/products/?q={plain.name}"))).marks
    for number, product in enumerate(stored.values()):
        if number % max(1, EVERY // 4) == 0:
            page = client.get(product.get_absolute_url())
            new = Reader(html_of(page)).marks - known
            wrong += [f"{product.name[:60]!r} lets out {sorted(new)[:3]}"] if new else []
    pages: list[Any] = [client.get(f"/products/?sort={sort}") for sort in ("name", "-name")]
    wrong += [
        f"a list lets out {new}" for one in pages if (new := Reader(html_of(one)).marks - known)
    ]
    return wrong


def _formulas(client: Client, stored: dict[str, Product]) -> list[str]:
    """Names that a spreadsheet would run, in the exports of catalogue and board."""
    found = []
    for address in ("/products.csv", "/board.csv"):
        text = client.get(address).getvalue().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) == len(stored) + 1
        found += [
            f"{address}: {cell[:60]!r}"
            for row in rows[1:]
            for cell in row
            if cell.startswith(TAKEN_FOR_FORMULAS) and not _is_number(cell)
        ]
    return found


def _is_number(cell: str) -> bool:
    try:
        return float(cell) is not None
    except ValueError:
        return False
