"""A page that looks into a workbook reads its beginning only, however long the sheet is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imports import selectors
from imports.readers import Limits, open_table, rows
from imports.readers.workbook import TITLES_TOO_FAR
from imports.selectors.files import LOOK_BYTES
from tests.imports.figures import figures_kind, upload_run
from tests.imports.workbooks import MAIN, ROW, TITLE, by_hand, sheet

BLANK = '<row spans="1:5"/>' * 500_000


@pytest.fixture
def _kind() -> Iterator[None]:
    with figures_kind():
        yield


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that are read."""
    numbers: list[int] = []
    real = rows._row_number

    def row_number(said: str | None, before: int) -> int:
        numbers.append(before + 1)
        return real(said, before)

    monkeypatch.setattr(rows, "_row_number", row_number)
    return numbers


@pytest.mark.django_db
@pytest.mark.usefixtures("_kind")
def test_blank_rows_without_end_cost_a_page_little(tmp_path: Path, seen: list[int]) -> None:
    book = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE + ROW + BLANK + ROW))
    run = upload_run(book.read_bytes(), name="b.xlsx")
    columns = selectors.columns_of(run)
    assert columns.problem == ""
    assert columns.rows == (("Lamps",),)
    assert len(seen) < 2 * 150_000  # read twice, each time two of nine megabytes


@pytest.mark.django_db
@pytest.mark.usefixtures("_kind")
def test_titles_below_blank_rows_without_end_are_not_looked_for(
    tmp_path: Path, seen: list[int]
) -> None:
    book = by_hand(tmp_path / "b.xlsx", sheet1=sheet(BLANK + TITLE + ROW))
    run = upload_run(book.read_bytes(), name="b.xlsx")
    assert selectors.columns_of(run).problem == TITLES_TOO_FAR
    assert len(seen) < 150_000


def test_the_check_reads_it_whole(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE + ROW + BLANK + ROW))
    assert [record.line for record in open_table(path).records()] == [2, 500_003]


def test_a_look_at_many_texts_shows_the_first(tmp_path: Path) -> None:
    texts = "".join(f"<si><t>{number:0100}</t></si>" for number in range(30_000))
    cells = "".join(f'<row><c t="s"><v>{at}</v></c></row>' for at in (0, 1, 29_999))
    path = by_hand(
        tmp_path / "b.xlsx",
        sharedStrings=f'<sst xmlns="{MAIN}">{texts}</sst>',
        sheet1=sheet(cells),
    )
    look = [record.cells[0] for record in open_table(path, None, Limits(look=LOOK_BYTES)).records()]
    assert look == [f"{1:0100}", "…"]
    assert [record.cells[0][-5:] for record in open_table(path).records()] == ["00001", "29999"]
