"""Physical lines become records: quoted new lines are joined, broken lines are told and left.

A quotation mark that is never closed costs its own line only: reading goes on with the next one.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from imports.readers.records import Broken, Record
from imports.readers.showing import broken
from imports.rules import reasons

Line = tuple[int, str]
"""A physical line: its number from 1, and its text with its line end."""
_BLANK = " \t\r\n\f\v\xa0"
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a record looks like: cells between `delimiter`, `width` of them (0: any number), each of
    at most `cell` characters. `replaced` is what stands for undecodable bytes, where that is a
    character of its own.
    """

    delimiter: str
    width: int = 0
    cell: int = 32_768
    replaced: str = ""


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._again.popleft() if self._again else next(self._lines)

    def give_back(self, lines: Sequence[Line]) -> None:
        self._again.extendleft(reversed(lines))


def split_records(lines: Iterable[Line], shape: Shape) -> Iterator[Record | Broken]:
    """The records of these lines; those without any text are none. May start anywhere in a file
    where a record starts.
    """
    source = _Lines(lines)
    delimiter, blank = shape.delimiter, shape.delimiter + _BLANK
    for number, text in source:
        if '"' in text:
            record = _quoted(number, text, source, shape)
            # Between marks a delimiter and a doubled mark are text, so only the cells can tell.
            if isinstance(record, Broken) or any(cell.strip(_BLANK) for cell in record.cells):
                yield record
        elif text.strip(blank):
            yield _checked(number, text, text.rstrip("\r\n").split(delimiter), shape)


def simple_records(lines: Iterable[Line], shape: Shape) -> Iterator[Record]:
    """The records of lines without their ends that are known to need no care: without quotation
    marks, undecodable bytes or long cells, each with the right number of cells.
    """
    blank = shape.delimiter + _BLANK
    return (
        Record(number, text.split(shape.delimiter)) for number, text in lines if text.strip(blank)
    )


def _checked(number: int, text: str, cells: list[str], shape: Shape) -> Record | Broken:
    """The record, or what is wrong with it."""
    if "\0" in text:
        return broken(number, text, reasons.HAS_NUL)
    if not text.isascii() and (
        _NO_TEXT.search(text) or (shape.replaced and shape.replaced in text)
    ):
        return broken(number, text, reasons.BAD_BYTES)
    if len(text) > shape.cell and max(map(len, cells)) > shape.cell:
        return broken(number, text, reasons.CELL_TOO_LONG)
    if shape.width and len(cells) != shape.width:
        return _ragged(number, text, cells, shape.width)
    return Record(number, cells)


def _ragged(number: int, text: str, cells: list[str], width: int) -> Record | Broken:
    """Empty cells too many are left out, as spreadsheets write them."""
    if len(cells) < width:
        return broken(number, text, reasons.TOO_FEW_CELLS)
    if any(cell.strip() for cell in cells[width:]):
        return broken(number, text, reasons.TOO_MANY_CELLS)
    return Record(number, cells[:width])


def _quoted(number: int, text: str, source: _Lines, shape: Shape) -> Record | Broken:
    """A record with quotation marks, over as many lines as they reach."""
    used: list[Line] = []
    reader = csv.reader(_feed(text, source, used, shape), delimiter=shape.delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error as error:
        source.give_back(used)
        return broken(number, text, _why_unquotable(str(error), used))
    if used and _is_unclosed(cells, used, shape):
        source.give_back(used)
        return broken(number, text, reasons.OPEN_QUOTE)
    return _checked(number, text + "".join(more for _, more in used), cells, shape)


def _feed(text: str, source: _Lines, used: list[Line], shape: Shape) -> Iterator[str]:
    """The line, and as long as the cell that is open may go on, those behind it."""
    yield text
    size = 0
    for line in source:
        used.append(line)
        size = 0 if '"' in line[1] else size + len(line[1])
        if size > shape.cell:
            return
        yield line[1]


def _is_unclosed(cells: list[str], used: list[Line], shape: Shape) -> bool:
    """Whether a mark has swallowed lines that are records of their own."""
    _, text = used[0]
    if not shape.width or len(cells) == shape.width or text.count('"') % 2:
        return False
    try:
        alone = next(csv.reader([text], delimiter=shape.delimiter, strict=True))
    except csv.Error:
        return False
    return len(alone) == shape.width


def _why_unquotable(error: str, used: list[Line]) -> str:
    if "field limit" in error:
        return reasons.CELL_TOO_LONG
    return reasons.OPEN_QUOTE if used or "unexpected end" in error else reasons.BAD_QUOTE
