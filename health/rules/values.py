"""From measurements to the current value of a KPI on a day (domain.md §4, "Current value").

`health.selectors.window_facts` does the same in SQL over sets; this is the rule in plain words, and
the oracle that SQL is tested against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kpis import rules as kpis
from kpis.rules import Aggregation

# Sums of products of values and weights stay finite, in SQL as well, inside these limits.
LARGEST = 1e75
SMALLEST = 1e-75


class Window(NamedTuple):
    """How the days of one KPI become a value: set by its metric and its segment weights.

    `is_summed`: a day without a value for everyone is the sum of its segments, else their mean.
    """

    aggregation: str = Aggregation.MEAN.value
    days: int = 28
    is_summed: bool = False
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement as the formula sees it; the empty segment means everyone."""

    date: dt.date
    value: float
    segment: str = ""
    sample_size: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class DayValue:
    """The value of a day, its sample size (None: not known) and where it came from."""

    date: dt.date
    value: float
    sample_size: int | None
    source: str


class KpiFact(NamedTuple):
    """What the data say about one KPI on one day: all that the formula needs of them.

    `last` is the last measured day up to then, `first` the first one ever up to then (None where
    nobody asked for it).
    """

    value: float
    last: dt.date
    source: str = ""
    first: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one KPI, with the rule that reads them."""

    window: Window
    measured: Sequence[Measured] = field(default_factory=tuple)

    def fact(self, day: dt.date) -> KpiFact | None:
        """The KPI's fact on `day`; None while nothing is measured."""
        until = [one for one in self.measured if one.date <= day]
        days = day_values(self.window, until)
        found = current_value(self.window, days, day)
        if found is None:
            return None
        last = days[-1]
        return KpiFact(found, last.date, last.source, min(one.date for one in until))


def tame(value: float) -> float:
    """`value` within ±1e75, and 0 instead of what is closer to it than 1e-75.

    Such numbers are finite and may have been entered; none of them measures a product.
    """
    if abs(value) < SMALLEST:
        return 0.0
    return max(min(value, LARGEST), -LARGEST)


def day_values(window: Window, measured: Iterable[Measured]) -> list[DayValue]:
    """One value for each day that has one, in the order of days."""
    by_day: dict[dt.date, list[Measured]] = {}
    for one in measured:
        by_day.setdefault(one.date, []).append(one)
    found = (_day_value(window, by_day[date]) for date in sorted(by_day))
    return [day for day in found if day is not None]


def _day_value(window: Window, measured: Sequence[Measured]) -> DayValue | None:
    """The day by the rule of `kpis.rules.day_value`, with the source of its first segment."""
    weights = {segment: tame(weight) for segment, weight in window.weights}
    ordered = sorted(measured, key=lambda one: one.segment)
    parts = [kpis.Part(one.segment, tame(one.value), one.sample_size) for one in ordered]
    found = kpis.day_value(ordered[0].date, parts, weights, adds_up=window.is_summed)
    if found is None:
        return None
    return DayValue(found.day, found.value, found.sample_size, ordered[0].source)


def current_value(window: Window, days: Sequence[DayValue], day: dt.date) -> float | None:
    """`v` on `day`: the aggregate of the days in the window, else the value of the last day before.

    `days` ascend and end on or before `day`.
    """
    first = day - dt.timedelta(days=window.days - 1)
    inside = [one for one in days if first <= one.date]
    if not inside:
        return days[-1].value if days else None
    values = [one.value for one in inside]
    if window.aggregation == Aggregation.LAST:
        return values[-1]
    if window.aggregation == Aggregation.SUM:
        return _total(values)
    sizes = [one.sample_size for one in inside if one.sample_size is not None]
    weigh = window.aggregation == Aggregation.WEIGHTED_MEAN and len(sizes) == len(values)
    if weigh and any(sizes):
        return _total(v * n for v, n in zip(values, sizes, strict=True)) / sum(sizes)
    return _total(values) / len(values)


def _total(values: Iterable[float]) -> float:
    """Added from the left, as SQL does; newer Pythons' `sum` compensates and would differ."""
    total = 0.0
    for value in values:
        total += value
    return total
