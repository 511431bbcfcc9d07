"""Tables written as text: CSV, TSV and their relatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from imports.readers.dialect import CANDIDATES, find_delimiter
from imports.readers.encoding import find_writing
from imports.readers.limits import Limits
from imports.readers.records import Broken, Record
from imports.readers.splitting import Line, Shape, split_records
from imports.rules.headers import one_space
from imports.rules.mapping import FileFormat
from imports.rules.reasons import FileRefused

_MANY_LINES = 1_000_000  # even blank ones take their time


class DelimitedTable:
    """A text file with a header. `skipped_lines` is how many physical lines the header, and what
    stands before it, take.
    """

    def __init__(self, path: Path, file: FileFormat, limits: Limits) -> None:
        """
        Raises:
            FileRefused: it is no table, or there is nothing in it.
        """
        self.path = path
        self.limits = limits
        self.writing = find_writing(path, file.encoding, limits.line)
        if self.writing.lines > max(_MANY_LINES, 2 * limits.rows):
            raise FileRefused(_too_many_rows(limits))
        said = self._said_by_the_file()
        delimiter = file.delimiter or said or find_delimiter(self.lines(), file.header_line)
        self.file = replace(file, encoding=self.writing.encoding, delimiter=delimiter)
        head = self._head(file.header_line, 1 if said else 0)
        self.header_line = head.line
        self.header = tuple(one_space(title) for title in head.cells)
        if len(self.header) > limits.columns:
            raise FileRefused(_too_many_columns(len(self.header), limits))
        self.shape = self._shape(len(self.header))
        self.about_rows = max(1, self.writing.lines - self.skipped_lines)
        if next(split_records(self.lines(self.skipped_lines), self.shape), None) is None:
            raise FileRefused("There is a header, and no line below it.")

    def records(self) -> Iterator[Record | Broken]:
        lines = self.lines(self.skipped_lines)
        for count, record in enumerate(split_records(lines, self.shape)):
            if count >= self.limits.rows:
                raise FileRefused(_too_many_rows(self.limits))
            yield record

    def lines(self, skip: int = 0) -> Iterator[Line]:
        """The physical lines behind the first `skip`.

        Raises:
            FileRefused: one is longer than a line may be.
        """
        limit = self.limits.line
        is_mixed = self.writing.is_mixed and self.writing.encoding == "windows-1252"
        with self.writing.open(self.path) as file:
            number = 0
            while text := file.readline(limit):
                number += 1
                if len(text) == limit and text[-1] not in "\r\n":
                    raise FileRefused(
                        f"Line {number:,} is longer than {limit:,} characters: this is no table."
                    )
                if number == 1:
                    text = text.removeprefix("\ufeff")
                if number > skip:
                    yield number, _own_encoding(text) if is_mixed else text

    def _counted(self, lines: Iterator[Line]) -> Iterator[Line]:
        for line in lines:
            self.skipped_lines = line[0]
            yield line

    def _shape(self, width: int = 0) -> Shape:
        replaced = "\ufffd" if self.writing.errors == "replace" else ""
        return Shape(self.file.delimiter, width, self.limits.cell, replaced)

    def _said_by_the_file(self) -> str:
        """Excel's own way: a first line that says `sep=;`."""
        first = next(self.lines(), (1, ""))[1].rstrip("\r\n")
        is_said = len(first) == 5 and first.lower().startswith("sep=")
        return first[4] if is_said and first[4] in CANDIDATES else ""

    def _head(self, place: int, skip: int) -> Record:
        """The record that holds the titles; where it ends, the skipped lines do."""
        records = split_records(self._counted(self.lines(skip)), self._shape())
        head = next(islice(records, place - 1, None), None)
        if head is None:
            raise FileRefused(
                "The file is empty." if place == 1 else "There is no such header line."
            )
        if isinstance(head, Broken):
            raise FileRefused(f"The header in line {head.line:,} can't be read. {head.reason}")
        return head


def _own_encoding(text: str) -> str:
    """A line of UTF-8 among lines of Windows-1252 would be read as other letters: it is marked as
    undecodable instead.
    """
    if text.isascii():
        return text
    raw = text.encode("cp1252", "surrogateescape")
    try:
        raw.decode()
    except UnicodeDecodeError:
        return text
    return raw.decode("ascii", "surrogateescape")


def _too_many_rows(limits: Limits) -> str:
    return f"The file has more than {limits.rows:,} rows."


def _too_many_columns(found: int, limits: Limits) -> str:
    return f"The file has {found:,} columns; {limits.columns:,} can be read."
