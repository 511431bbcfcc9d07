"""A look into the stored file: its columns, and what its first records become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from imports.kinds import kind
from imports.models import ImportRun
from imports.readers import (
    Broken,
    LongRow,
    Reading,
    Record,
    Subject,
    Table,
    open_table,
    read_long,
    read_wide,
    usual,
)
from imports.rules.columns import labels
from imports.rules.mapping import FileFormat, Mapping, MappingRefused, Spec
from imports.rules.reasons import FileRefused

LOOKED_AT = 50
EXAMPLES = 3
LOOK_BYTES = 2_000_000
GONE = "The file is no longer stored."


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file: titles as they stand, names that tell them apart, the first values of
    each, and the first records. `problem` says why there are none.
    """

    header: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    examples: tuple[tuple[str, ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What a cell becomes: a value of a series on a day, or the reason why not.

    A record without values is one line without a series.
    """

    line: int
    subject: str
    series: str = ""
    column: str = ""
    raw: str = ""
    day: dt.date | None = None
    value: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first records become; `problem` says why that can't be told."""

    lines: tuple[SampleLine, ...] = ()
    problem: str = ""


def columns_of(run: ImportRun, file: FileFormat | None = None) -> Columns:
    """The columns of the run's file, read as `file` says."""
    try:
        table = _beginning(run, file)
        records = [row for row in islice(table.records(), LOOKED_AT) if isinstance(row, Record)]
    except FileRefused as refused:
        return Columns(problem=str(refused))
    except OSError:
        return Columns(problem=GONE)
    rows = tuple(tuple(record.cells) for record in records)
    return Columns(
        header=tuple(table.header),
        names=labels(table.header),
        examples=tuple(_examples(rows, place) for place in range(len(table.header))),
        rows=rows,
    )


def _beginning(run: ImportRun, file: FileFormat | None) -> Table:
    """The file's table as far as a page may read it: whoever waits for the page waits for this.
    The check, in a worker, reads it whole.
    """
    return open_table(run.path, file, replace(usual(), look=LOOK_BYTES))


def _examples(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    told = (row[place] for row in rows if row[place].strip())
    return tuple(islice(told, EXAMPLES))


def sample(run: ImportRun, mapping: Mapping, limit: int) -> Sample:
    """What the first `limit` records of the run's file yield with this mapping."""
    look = _long_lines if mapping.shape == "long" else _wide_lines
    try:
        return Sample(tuple(look(run, mapping, limit)))
    except (FileRefused, MappingRefused) as refused:
        return Sample(problem=str(refused))
    except OSError:
        return Sample(problem=GONE)


def _wide_lines(run: ImportRun, mapping: Mapping, limit: int) -> Iterator[SampleLine]:
    records = _records(read_wide(_beginning(run, mapping.file), mapping))
    for opening, readings in islice(records, limit):
        if not readings:
            yield opening
        for reading in readings:
            yield replace(
                opening,
                series=reading.key,
                column=reading.column,
                raw=reading.raw,
                day=reading.day,
                value=reading.value,
                reason=reading.reason,
            )


def _records(
    found: Iterator[Subject | Reading | Broken],
) -> Iterator[tuple[SampleLine, list[Reading]]]:
    """Each record with its readings."""
    opening: SampleLine | None = None
    readings: list[Reading] = []
    for one in found:
        if isinstance(one, Reading):
            readings.append(one)
            continue
        if opening is not None:
            yield opening, readings
        opening, readings = _opening(one), []
    if opening is not None:
        yield opening, readings


def _opening(found: Subject | Broken) -> SampleLine:
    """What there is to say of a record besides its values."""
    if isinstance(found, Broken):
        return SampleLine(found.line, "", raw=found.raw, reason=found.reason)
    return SampleLine(found.line, next((text for text in found.fields.values() if text), ""))


def _long_lines(run: ImportRun, mapping: Mapping, limit: int) -> Iterator[SampleLine]:
    spec = kind(run.kind).spec
    for found in islice(read_long(_beginning(run, mapping.file), mapping), limit):
        yield _opening(found) if isinstance(found, Broken) else _long_line(found, spec)


def _long_line(row: LongRow, spec: Spec) -> SampleLine:
    named = (row.texts.get(field.key) for field in spec.long)
    line = SampleLine(
        line=row.line,
        subject=next(filter(None, named), ""),
        series=row.texts.get(spec.series_key, ""),
        raw=row.raw,
        day=row.day,
        value=row.value,
    )
    if row.refused is None:
        return line
    return replace(
        line, column=row.refused.column, raw=row.refused.raw, reason=row.refused.reason, value=None
    )
