"""The rows of a worksheet, read in a stream."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from imports.readers.archive import DAMAGED
from imports.readers.formats import CellFormat
from imports.readers.sheets import Sheet, Workbook, local, text_of
from imports.readers.typed import cell_text
from imports.readers.watched import Watched
from imports.rules.reasons import FileRefused

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""What a spreadsheet can hold at most."""
_MOST_ELEMENTS_A_ROW = 100_000
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


def read_rows(book: Workbook, sheet: Sheet) -> Generator[tuple[int, list[str]], None, None]:
    """(row number, texts of its cells) of each row that is written down, streamed; of a look, the
    first ones.
    """
    number = 0
    with book.archive.open(sheet.part) as source:
        watched = Watched(source, book.look)
        elements = 0
        for _, element in iterparse(watched, forbid_dtd=True):
            watched.ended()
            elements += 1
            name = local(element)
            if name == "row":
                number = _row_number(element.get("r"), number)
                yield number, _cells(element, book)
                element.clear()
                elements = 0
                if watched.is_enough:
                    return
            elif name == "sheetData":
                return
            elif elements > _MOST_ELEMENTS_A_ROW:
                raise FileRefused("A row of the workbook has too many cells.")


def _row_number(said: str | None, before: int) -> int:
    number = int(said) if said else before + 1
    if not before < number <= LAST_ROW:
        raise FileRefused(DAMAGED)
    return number


def _cells(row: Element, book: Workbook) -> list[str]:
    """The texts of a row, empty where nothing is written."""
    cells: list[str] = []
    for element in row:
        if local(element) == "c":
            column = _column(element.get("r"), len(cells))
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = _text(element, book)
    return cells


def _column(reference: str | None, following: int) -> int:
    """The place of a cell in its row, from 0."""
    if reference is None:
        return following
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRefused(DAMAGED)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    if column > LAST_COLUMN:
        raise FileRefused(DAMAGED)
    return column - 1


def _text(cell: Element, book: Workbook) -> str:
    """The cell as people see it; a formula that was never worked out, as its formula."""
    parts: dict[str, Any] = {local(child): child for child in cell}
    if "is" in parts:
        return text_of(parts["is"])
    kind = cell.get("t", "n")
    value = (parts["v"].text or "") if "v" in parts else ""
    if not value and "f" in parts and ("v" not in parts or kind != "str"):
        return f"={parts['f'].text or ''}"
    if kind == "s":
        place = int(value)
        # A look holds the first texts only; the check reads them all.
        return "…" if book.look and place >= len(book.texts) else book.texts[place]
    if kind != "n" or not value:
        return {"b": {"1": "TRUE", "0": "FALSE"}.get(value, value)}.get(kind, value)
    style = int(cell.get("s", 0))
    form = book.formats[style] if style < len(book.formats) else CellFormat.PLAIN
    return cell_text(value, form, counts_from_1904=book.counts_from_1904)
