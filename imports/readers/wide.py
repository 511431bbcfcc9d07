"""Wide files: a line a subject, a column a period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imports.readers.records import Broken, Reading, Subject, Table
from imports.readers.taking import take_ratio, take_value
from imports.rules.cells import number_reader
from imports.rules.columns import Column, ValueColumn, wide_columns
from imports.rules.mapping import Mapping
from imports.rules.texts import plain_text, tidied


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
                take = take_ratio if column.is_ratio else take_value
                yield take(line, raw, cells, column, read)
