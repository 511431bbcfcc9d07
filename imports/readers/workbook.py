"""Tables in a workbook (.xlsx)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError

from imports.readers.archive import DAMAGED, open_archive
from imports.readers.limits import Limits
from imports.readers.records import Broken, Record
from imports.readers.rows import read_rows
from imports.readers.sheets import Sheet, Workbook, read_workbook
from imports.readers.showing import broken
from imports.rules import reasons
from imports.rules.headers import one_space
from imports.rules.mapping import FileFormat
from imports.rules.reasons import FileRefused

_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:[A-Z]+([0-9]{1,7})"')
_BYTES_A_CELL = 40
TITLES_TOO_FAR = (
    "The line with the titles is not near the beginning of the sheet."
    " Delete the empty rows above it."
)


class WorkbookTable:
    """One sheet of a workbook; its lines are the sheet's rows. `sheets` are those people see."""

    def __init__(self, path: Path, file: FileFormat, limits: Limits) -> None:
        """
        Raises:
            FileRefused: it is no workbook that can be read, or there is nothing in it.
        """
        self.path = path
        self.limits = limits
        with self._opened() as book:
            self.sheets = tuple(sheet.name for sheet in book.sheets if sheet.is_visible)
            sheet = _chosen(book, file.sheet)
            self.file = replace(file, sheet=sheet.name, encoding="", delimiter="")
            size = book.archive.getinfo(sheet.part).file_size
            self.is_cut = 0 < limits.look <= size
            with closing(read_rows(book, sheet)) as rows:
                self._read_head(rows, sheet.name)
            self.about_rows = max(1, _last_row(book, sheet, len(self.header)) - self.header_line)

    def _read_head(self, rows: Iterator[tuple[int, list[str]]], name: str) -> None:
        """The titles, and that something stands below them."""
        filled = (row for row in rows if _holds_text(row[1]))
        self.header_line, titles = next(islice(filled, self.file.header_line - 1, None), (0, []))
        self.header = tuple(one_space(title) for title in _trimmed(titles))
        if not self.header and self.is_cut:
            raise FileRefused(TITLES_TOO_FAR)
        if not self.header:
            raise FileRefused(f"The sheet “{name}” is empty.")
        if len(self.header) > self.limits.columns:
            raise FileRefused(
                f"The sheet has {len(self.header):,} columns; {self.limits.columns:,} can be read."
            )
        if next(filled, None) is None and not self.is_cut:
            raise FileRefused("There is a header, and no row below it.")

    def records(self) -> Iterator[Record | Broken]:
        count = 0
        with (
            self._opened() as book,
            closing(read_rows(book, _chosen(book, self.file.sheet))) as rows,
        ):
            for number, cells in rows:
                if number > self.header_line and _holds_text(cells):
                    count += 1
                    if count > self.limits.rows:
                        raise FileRefused(f"The sheet has more than {self.limits.rows:,} rows.")
                    yield self._record(number, cells)

    def _record(self, number: int, cells: list[str]) -> Record | Broken:
        width = len(self.header)
        if max(map(len, cells)) > self.limits.cell:
            return broken(number, " ".join(cells), reasons.CELL_TOO_LONG)
        if any(cell.strip() for cell in cells[width:]):
            return broken(number, " ".join(cells), reasons.TOO_MANY_CELLS)
        return Record(number, cells[:width] + [""] * (width - len(cells)))

    @contextmanager
    def _opened(self) -> Iterator[Workbook]:
        """The workbook; whatever is wrong inside it is one sentence."""
        archive = open_archive(self.path, self.limits)
        try:
            yield read_workbook(archive, self.limits.texts, self.limits.look)
        except FileRefused:
            raise
        except _DAMAGES as error:
            raise FileRefused(DAMAGED) from error
        finally:
            archive.close()


# What damaged or hostile archives and XML end in; forbidden entities are a ValueError.
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError, NotImplementedError),
    *(ValueError, KeyError, IndexError, TypeError, ArithmeticError, RecursionError),
)


def _chosen(book: Workbook, name: str) -> Sheet:
    """The sheet that the mapping names, or the first one that people see."""
    visible = [sheet for sheet in book.sheets if sheet.is_visible]
    if not name and visible:
        return visible[0]
    for sheet in book.sheets:
        if sheet.name.casefold() == name.casefold():
            return sheet
    if not visible:
        raise FileRefused("There is no sheet in the workbook that can be seen.")
    names = ", ".join(f"“{sheet.name}”" for sheet in visible[:20])
    raise FileRefused(f"There is no sheet “{name}”. There are: {names}.")


def _holds_text(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _trimmed(titles: list[str]) -> list[str]:
    """Without the blank titles at the end, which are only formatted cells."""
    width = max((place for place, title in enumerate(titles, 1) if title.strip()), default=0)
    return titles[:width]


def _last_row(book: Workbook, sheet: Sheet, width: int) -> int:
    """What the sheet says of its size, else a guess from its bytes; for a progress bar only."""
    with book.archive.open(sheet.part) as part:
        found = _DIMENSION.search(part.read(4096))
    size = book.archive.getinfo(sheet.part).file_size
    return int(found[1]) if found else size // (_BYTES_A_CELL * width)
