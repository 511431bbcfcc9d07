"""Long files: a line a value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TypeVar

from imports.readers.records import Broken, LongRow, Record, RefusedCell, Table
from imports.rules import reasons
from imports.rules.cells import number_reader, read_count
from imports.rules.columns import Column, long_columns
from imports.rules.days import read_day
from imports.rules.mapping import Mapping
from imports.rules.reasons import CellRefused
from imports.rules.texts import plain_text

DAY, VALUE, COUNT = "date", "value", "sample_size"
"""The fields of a long file that are read as a day, a number and a count; the others are texts."""

Found = TypeVar("Found", dt.date, float)


class LongColumns:
    """Where the fields of a long file stand, and how its cells are read."""

    def __init__(self, header: Sequence[str], mapping: Mapping) -> None:
        """
        Raises:
            MappingRefused: the file has not the columns that the mapping names.
        """
        self.columns = long_columns(header, mapping)
        self._texts = tuple((key, column.place) for key, column in self.columns.items())
        self.day = self.columns.get(DAY, Column(-1, DAY))
        self.value = self.columns.get(VALUE, Column(-1, VALUE))
        self.count = self.columns.get(COUNT, Column(-1, COUNT))
        self.order = mapping.dates
        self.numbers = mapping.numbers
        self.read_number = number_reader(mapping.numbers)

    def texts(self, cells: Sequence[str]) -> dict[str, str]:
        """Every field of a record, tidied."""
        return {
            key: plain_text(cells[place] if place >= 0 else self.columns[key].value)
            for key, place in self._texts
        }


def read_long(table: Table, mapping: Mapping) -> Iterator[LongRow | Broken]:
    """Each line of a long file.

    Raises:
        MappingRefused: at once, where the file has not the columns that the mapping names.
        FileRefused: while reading, where the file is over a limit.
    """
    columns = LongColumns(table.header, mapping)
    records = table.records()
    return (
        record if isinstance(record, Broken) else long_row(record, columns) for record in records
    )


def long_row(record: Record, columns: LongColumns) -> LongRow:
    """What one record says. The first cell that can't be taken (day, value, count) refuses it."""
    line, cells = record
    raw = columns.value.of(cells)
    row = LongRow(line, columns.texts(cells), raw)
    at = columns.day
    try:
        row.day = _needed(read_day(columns.day.of(cells), columns.order))
        at = columns.value
        row.value = _needed(columns.read_number(raw))
        at = columns.count
        row.sample_size = read_count(columns.count.of(cells), columns.numbers)
    except CellRefused as refused:
        row.refused = RefusedCell(at.label, at.of(cells), refused.reason)
    return row


def _needed(found: Found | None) -> Found:
    if found is None:
        raise CellRefused(reasons.EMPTY)
    return found
