"""Wide files: a line a subject, a column a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from imports.readers.records import Broken, Reading, Subject, Table
from imports.rules import reasons
from imports.rules.cells import number_reader
from imports.rules.columns import Column, ValueColumn, wide_columns
from imports.rules.mapping import Mapping
from imports.rules.reasons import CellRefused
from imports.rules.texts import plain_text, tidied

ReadNumber = Callable[[str], float | None]


def read_wide(table: Table, mapping: Mapping) -> Iterator[Subject | Reading | Broken]:
    """For each record its subject, then a reading for each cell that holds something, by series and
    day. What a value may be (0 to 100 per cent) is not known here.

    Raises:
        MappingRefused: at once, where the file has not the columns that the mapping names.
        FileRefused: while reading, where the file is over a limit.
    """
    columns = wide_columns(table.header, mapping)
    return _readings(table, mapping, columns.values, list(columns.fields.items()))


def _readings(
    table: Table,
    mapping: Mapping,
    values: Sequence[ValueColumn],
    fields: Sequence[tuple[str, Column]],
) -> Iterator[Subject | Reading | Broken]:
    read = number_reader(mapping.numbers)
    for record in table.records():
        if isinstance(record, Broken):
            yield record
            continue
        line, cells = record
        yield Subject(line, {key: plain_text(column.of(cells)) for key, column in fields})
        for column in values:
            raw = cells[column.place].strip()
            if raw and (raw.isascii() or tidied(raw)):
                take = _ratio if column.is_ratio else _value
                yield take(line, raw, cells, column, read)


def _value(line: int, raw: str, cells: list[str], column: ValueColumn, read: ReadNumber) -> Reading:
    try:
        value = read(cells[column.place])
    except CellRefused as refused:
        return _refused(line, column, raw, refused.reason)
    return _said(line, column, value, raw)


def _ratio(line: int, raw: str, cells: list[str], column: ValueColumn, read: ReadNumber) -> Reading:
    """The value is part / total × times. A part without its total is refused; where there is no
    part, nothing is counted.
    """
    total_raw = cells[column.total].strip() if column.total >= 0 else ""
    both = f"{raw} / {total_raw}" if total_raw else raw
    try:
        part = read(cells[column.place])
        total = read(cells[column.total]) if total_raw else None
    except CellRefused as refused:
        return _refused(line, column, both, refused.reason)
    if total is None or part is None:
        return _refused(line, column, both, reasons.NO_TOTAL)
    if total == 0:
        return _refused(line, column, both, reasons.ZERO_TOTAL)
    value = column.times * part / total
    if value - value != 0:  # infinite or no number
        return _refused(line, column, both, reasons.TOO_LARGE)
    return _said(line, column, value, both)


def _said(line: int, column: ValueColumn, value: float | None, raw: str) -> Reading:
    return Reading(line, column.key, column.label, column.day, value, raw, "")


def _refused(line: int, column: ValueColumn, raw: str, reason: str) -> Reading:
    return Reading(line, column.key, column.label, column.day, None, raw, reason)
