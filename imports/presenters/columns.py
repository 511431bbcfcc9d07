"""The columns of a file and the values that a mapping makes of them, as the mapping page shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from core.formats import count, measure, number, short_day
from imports import selectors
from imports.rules.columns import wide_columns
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.mapping import MappingRefused, Spec

LONGEST = 60
MOST_COLUMNS = 1000
MOST_SERIES = 6
MOST_REFUSED = 3


def clipped(text: str, length: int = LONGEST) -> str:
    """A cell short enough for a table."""
    plain = " ".join(text.split())
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the file with its first values."""

    number: int
    name: str
    examples: str


def column_lines(columns: selectors.Columns) -> list[ColumnLine]:
    """Every column, in the order of the file."""
    return [
        ColumnLine(place, name, ", ".join(clipped(text, 24) for text in examples) or "empty")
        for place, (name, examples) in enumerate(
            zip(columns.names, columns.examples, strict=True), start=1
        )
    ][:MOST_COLUMNS]


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """Columns that differ by their period alone."""

    pattern: str
    words: str


def family_lines(families: Iterable[tuple[str, Sequence[tuple[str, dt.date]]]]) -> list[FamilyLine]:
    """Header patterns with what they find."""
    return [FamilyLine(pattern, found_words(found)) for pattern, found in families]


def found_words(found: Sequence[tuple[str, dt.date]]) -> str:
    """`21 columns, 30 Sep 2012 to 30 Sep 2017`."""
    if not found:
        return "no column"
    first, last = found[0][1], found[-1][1]
    span = short_day(first) if first == last else f"{short_day(first)} to {short_day(last)}"
    return f"{count(len(found), 'column')}, {span}"


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What one cell of the file becomes."""

    line: str
    subject: str
    series: str
    column: str
    raw: str
    day: str
    value: str
    reason: str


def sample_lines(
    lines: Iterable[selectors.SampleLine], labels: Mapping[str, str]
) -> list[SampleLine]:
    """Some values of each of the first records; `labels` are the names of the series."""
    shown = []
    for _, found in groupby(lines, key=lambda one: one.line):
        shown += [_sample_line(one, labels) for one in _telling(list(found))]
    return shown


def _telling(found: list[selectors.SampleLine]) -> list[selectors.SampleLine]:
    """A few of the values of a record: the newest of each series, and what would be refused."""
    taken: dict[str, selectors.SampleLine] = {}
    refused: dict[tuple[str, str], selectors.SampleLine] = {}
    for one in found:
        if one.reason:
            refused.setdefault((one.series, one.reason), one)
        else:
            taken[one.series] = one
    return [*list(taken.values())[:MOST_SERIES], *list(refused.values())[:MOST_REFUSED]]


def _sample_line(one: selectors.SampleLine, labels: Mapping[str, str]) -> SampleLine:
    return SampleLine(
        line=number(one.line),
        subject=clipped(one.subject),
        series=labels.get(one.series, one.series),
        column=clipped(one.column),
        raw=clipped(one.raw),
        day=short_day(one.day) if one.day else "",
        value=measure(one.value) if one.value is not None else "",
        reason=one.reason,
    )


def has_values(sample: selectors.Sample) -> bool:
    """Whether the mapping finds anything but the records themselves."""
    return any(one.value is not None or one.reason for one in sample.lines)


def sample_words(sample: selectors.Sample) -> str:
    """`The first 8 records give 120 values; 3 would be refused. Here are the newest.`"""
    values = sum(1 for one in sample.lines if one.value is not None)
    refused = sum(1 for one in sample.lines if one.reason)
    records = len({one.line for one in sample.lines})
    more = f"; {number(refused)} would be refused" if refused else ""
    of = "record gives" if records == 1 else f"{number(records)} records give"
    if not values + refused:
        return f"The first {number(records)} records."
    return f"The first {of} {count(values, 'value')}{more}. Here are the newest of each."


@dataclass(frozen=True, slots=True)
class SubjectTable:
    """The first records by the fields that a mapping fills; the first field names the record."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def subject_table(
    columns: selectors.Columns, mapping: FileMapping, spec: Spec, limit: int
) -> SubjectTable | None:
    """For kinds without series; None where the mapping does not fit the file, or fills nothing."""
    try:
        places = wide_columns(columns.header, replace(mapping, series=())).fields
    except MappingRefused:
        return None
    labels = [(field.key, field.label) for field in spec.fields if field.key in places]
    if not labels:
        return None
    (first, _), *others = labels
    rows = tuple(
        (
            clipped(places[first].of(cells)),
            tuple((label, clipped(places[key].of(cells))) for key, label in others),
        )
        for cells in columns.rows[:limit]
    )
    return SubjectTable(tuple(label for _, label in labels), rows)
