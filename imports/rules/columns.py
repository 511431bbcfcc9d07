"""Which column of a file is what: a header read with a mapping."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from imports.rules.headers import Pattern, PeriodRefused, one_space, same
from imports.rules.labels import labels
from imports.rules.mapping import Mapping, MappingRefused, Series, Source

__all__ = ["Column", "ValueColumn", "WideColumns", "labels", "long_columns", "wide_columns"]


@dataclass(frozen=True, slots=True)
class Column:
    """Where a text of each record comes from: a place in it, or (place -1) one value for all."""

    place: int
    label: str
    value: str = ""

    def of(self, cells: Sequence[str]) -> str:
        return cells[self.place] if self.place >= 0 else self.value


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column that holds one series on one day. Of a ratio it is the part: `total` is the place of
    the whole, -1 where the file has no such column; None: no ratio. The value is multiplied by
    `times`.
    """

    key: str
    day: dt.date
    place: int
    label: str
    is_ratio: bool = False
    total: int = -1
    total_label: str = ""
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class WideColumns:
    """The columns of a wide file: fields of the subject, and values by series and day."""

    fields: Dictionary[str, Column]
    values: tuple[ValueColumn, ...]


def wide_columns(header: Sequence[str], mapping: Mapping) -> WideColumns:
    """The columns of a wide file, values in the order of series and days.

    Raises:
        MappingRefused: a column is missing, can't be told from another, or two say the same thing.
    """
    finder = _Finder(header)
    fields = {key: finder.column(source) for key, source in mapping.fields.items()}
    values = [column for series in mapping.series for column in finder.series(series)]
    finder.refuse_twins((column.key, column.day, column.label) for column in values)
    if finder.problems:
        raise MappingRefused(finder.problems)
    return WideColumns(fields, tuple(values))


def long_columns(header: Sequence[str], mapping: Mapping) -> dict[str, Column]:
    """The columns of a long file by field.

    Raises:
        MappingRefused: a column is missing or can't be told from another.
    """
    finder = _Finder(header)
    found = {key: finder.column(source) for key, source in mapping.long.items()}
    if finder.problems:
        raise MappingRefused(finder.problems)
    return found


class _Finder:
    """Looks columns up, and gathers what is wrong."""

    def __init__(self, header: Sequence[str]) -> None:
        self.titles = [one_space(title) for title in header]
        self.labels = labels(header)
        self.problems: list[str] = []
        self._places = {same(label): place for place, label in enumerate(self.labels)}
        self._titles = Counter(same(title) for title in self.titles)

    def column(self, source: Source) -> Column:
        if not source.column:
            return Column(-1, "", source.value)
        key = same(source.column)
        place = self._places.get(key, -1)
        if place < 0:
            title = one_space(source.column)
            self.problems.append(
                f"There are several columns “{title}”: write “{title} (1)” for the first."
                if self._titles[key] > 1
                else f"There is no column “{title}” in the file."
            )
        return Column(place, self.labels[place])

    def series(self, series: Series) -> list[ValueColumn]:
        """The columns of one series by day."""
        if series.value:
            days = self._days(series, series.value)
            return [
                ValueColumn(series.key, day, place, self.labels[place], times=1.0)
                for day, place in sorted(days.items())
            ]
        totals = self._days(series, series.total)
        parts = self._days(series, series.part)
        return [self._ratio(series, day, parts[day], totals.get(day, -1)) for day in sorted(parts)]

    def _ratio(self, series: Series, day: dt.date, part: int, total: int) -> ValueColumn:
        return ValueColumn(
            series.key,
            day,
            part,
            self.labels[part],
            is_ratio=True,
            total=total,
            total_label=self.labels[total] if total >= 0 else "",
            times=series.times,
        )

    def _days(self, series: Series, text: str) -> dict[dt.date, int]:
        """The place of each day's column."""
        pattern = Pattern(text, year_starts=series.year_starts, year_named=series.year_named)
        found: dict[dt.date, int] = {}
        named = []
        for place, title in enumerate(self.titles):
            try:
                day = pattern.match(title)
            except PeriodRefused:
                self.problems.append(f"The column “{title}” names a period that does not exist.")
                continue
            if day:
                named.append((series.key, day, self.labels[place]))
                found[day] = place
        self.refuse_twins(named)
        if not named:
            self.problems.append(f"No column fits “{pattern.text}” ({series.key}).")
        return found

    def refuse_twins(self, named: Iterable[tuple[str, dt.date, str]]) -> None:
        """Note every two columns that give the same series and day."""
        first: dict[tuple[str, dt.date], str] = {}
        for key, day, label in named:
            other = first.setdefault((key, day), label)
            if other != label:
                self.problems.append(
                    f"The columns “{other}” and “{label}” both give {key} on {day.isoformat()}."
                )
