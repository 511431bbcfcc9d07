"""A number over a period, as wide as the page: against its plan, in segments, with what happened.

Pure functions over plain values. Whatever the picture shows stands in the table as well, and the
summary says it in words: what the newest value is, how the period went, where nobody measured.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter

from core import plots
from core.charts import Figure, picture
from core.drawing import Band, Drawing, Level, Mark, Point, Thread
from core.formats import DASH, and_list, compact, count, measure, short_day

DAY = timedelta(days=1)
_MOST_GAPS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured on a day; or the mean of `amount` days from `since` to `day`, where there
    are too many to draw each.
    """

    day: date
    value: float
    since: date | None = None
    amount: int = 1

    @property
    def first(self) -> date:
        """The first day it stands for."""
        return self.since or self.day


@dataclass(frozen=True, slots=True)
class Plan:
    """The journey from baseline to target; without both days only the two levels are drawn."""

    baseline: float | None = None
    target: float | None = None
    baseline_day: date | None = None
    target_day: date | None = None

    def corners(self) -> list[tuple[date, float]]:
        """Start and end of the planned path; empty when the plan has no dates."""
        if self.baseline is None or self.target is None:
            return []
        if self.baseline_day is None or self.target_day is None:
            return []
        return [(self.baseline_day, self.baseline), (self.target_day, self.target)]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day; with `breaks` the numbers before and after it are not of
    the same kind, and the line breaks. `kind` is the end of its CSS class.
    """

    day: date
    words: str
    kind: str = "annotation"
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of everyone, by name."""

    name: str
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that the chart of a period shows.

    Readings are oldest first; `happenings` are numbered in their order. `gap_after` is the longest
    silence that the line bridges, `stale_after` the longest one at the end that is not told.
    """

    title: str
    unit: str
    first: date
    last: date
    readings: Sequence[Reading]
    plan: Plan = field(default_factory=Plan)
    segments: Sequence[Segment] = ()
    happenings: Sequence[Happening] = ()
    gap_after: timedelta | None = None
    stale_after: timedelta | None = None

    def gaps(self) -> list[tuple[date, date]]:
        """The silences between two readings that the line does not bridge."""
        if self.gap_after is None:
            return []
        pairs = zip(self.readings, self.readings[1:], strict=False)
        return [(a.day, b.first) for a, b in pairs if b.first - a.day > self.gap_after]

    def tail(self) -> tuple[date, date] | None:
        """The silence at the end, where it is longer than it should be."""
        if not self.readings or self.stale_after is None:
            return None
        newest = self.readings[-1].day
        return (newest, self.last) if self.last - newest > self.stale_after else None

    def breaks(self) -> list[date]:
        """The days from which on the numbers mean something else."""
        return [each.day for each in self.happenings if each.breaks]


def figure(timeline: Timeline) -> Figure:
    """The chart, its summary and its table."""
    words = summary(timeline)
    plan = timeline.plan
    levels = [
        Level(level, f"{name} {compact(level)}", name)
        for name, level in (("target", plan.target), ("baseline", plan.baseline))
        if level is not None
    ]
    shown = [*timeline.readings, *(r for each in timeline.segments for r in each.readings)]
    bounds = plots.value_range([*(r.value for r in shown), *(level.value for level in levels)])
    drawing = Drawing(
        title=f"{timeline.title}, {_span(timeline.first, timeline.last)}",
        desc=words,
        points=_points(timeline, timeline.readings),
        first=timeline.first,
        last=timeline.last,
        bounds=bounds,
        levels=levels,
        ticks=plots.nice_ticks(*bounds, most=5),
        path=plots.clipped(plan.corners(), timeline.first, timeline.last),
        marks=[
            Mark(each.day, number, each.kind)
            for number, each in enumerate(timeline.happenings, start=1)
        ],
        bands=_bands(timeline),
        threads=[Thread(s.name, _points(timeline, s.readings)) for s in timeline.segments],
        newest=compact(timeline.readings[-1].value) if timeline.readings else "",
        frames=plots.LONG,
    )
    columns = ("Day", timeline.title, *(s.name for s in timeline.segments), "What happened")
    rows = tuple(_table(timeline))
    numeric = 1 + len(timeline.segments)
    return Figure(timeline.title, words, picture(drawing), columns, rows, numeric)


def _points(timeline: Timeline, readings: Sequence[Reading]) -> list[Point]:
    """The readings with a hole where the line must not go on."""
    breaks, points = timeline.breaks(), list[Point]()
    last: Reading | None = None
    for reading in readings:
        if last is not None and _is_torn(last, reading, breaks, timeline.gap_after):
            points.append(Point(last.day, None))
        points.append(Point(reading.day, reading.value))
        last = reading
    return points


def _is_torn(
    one: Reading, two: Reading, breaks: Iterable[date], gap_after: timedelta | None
) -> bool:
    if gap_after is not None and two.first - one.day > gap_after:
        return True
    return any(one.day < day <= two.day for day in breaks)


def _bands(timeline: Timeline) -> list[Band]:
    bands = [Band(first, last, "not measured") for first, last in timeline.gaps()]
    tail = timeline.tail()
    return [*bands, Band(*tail, "no newer value")] if tail else bands


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the days (`place` says which), everyone's reading, those of the
    segments.
    """

    place: Reading
    everyone: Reading | None
    parts: list[Reading | None]


def merged(timeline: Timeline) -> list[Row]:
    """The readings with those of the segments on the same days, oldest first.

    Days on which only segments say something have a line of their own.
    """
    width = len(timeline.segments)
    rows = [Row(each, each, [None] * width) for each in timeline.readings]
    begins = [each.first for each in timeline.readings]
    alone: dict[date, Row] = {}
    for index, segment in enumerate(timeline.segments):
        for each in segment.readings:
            at = bisect_right(begins, each.day) - 1
            if at >= 0 and timeline.readings[at].day >= each.day:
                rows[at].parts[index] = each
            else:
                row = alone.setdefault(each.day, Row(each, None, [None] * width))
                row.parts[index] = each
    return sorted([*rows, *alone.values()], key=lambda row: row.place.day)


def _table(timeline: Timeline) -> list[tuple[str, ...]]:
    """Newest first: the table answers "what is it now" before "what was it"."""
    width, unit = len(timeline.segments), timeline.unit
    rows: list[tuple[date, tuple[str, ...]]] = []
    told = dict[date, list[str]]()
    for number, each in enumerate(timeline.happenings, start=1):
        told.setdefault(each.day, []).append(f"{number}: {each.words}")
    for row in merged(timeline):
        happened = "; ".join(told.pop(row.place.day, []))
        cells = [value_words(each, unit) for each in (row.everyone, *row.parts)]
        rows.append((row.place.day, (day_words(row.place), *cells, happened)))
    for day, words in told.items():
        rows.append((day, (short_day(day), *[DASH] * (1 + width), "; ".join(words))))
    return [cells for _, cells in sorted(rows, key=itemgetter(0), reverse=True)]


def value_words(reading: Reading | None, unit: str) -> str:
    """A number of the table; a dash where there is none."""
    return DASH if reading is None else measure(reading.value, unit)


def day_words(reading: Reading) -> str:
    """The day, or the days whose mean it is."""
    if reading.amount == 1:
        return short_day(reading.day)
    return f"{_span(reading.first, reading.day)} ({reading.amount} days)"


def _span(first: date, last: date) -> str:
    return f"{short_day(first)} to {short_day(last)}"


# --- In words --------------------------------------------------------------------------------


def summary(timeline: Timeline) -> str:
    """What a reader would see in the picture."""
    if not timeline.readings:
        nothing = f"No value from {_span(timeline.first, timeline.last)}."
        return f"{nothing} {_plan_words(timeline)}".strip()
    parts = (
        _course(timeline),
        _extremes(timeline),
        _plan_words(timeline),
        _silence_words(timeline),
        _break_words(timeline),
    )
    return " ".join(filter(None, parts))


def _course(timeline: Timeline) -> str:
    oldest, newest = timeline.readings[0], timeline.readings[-1]
    last = f"{measure(newest.value, timeline.unit)} on {short_day(newest.day)}"
    if oldest is newest:
        return f"{last}, the only value of these days."
    return f"{last}, from {measure(oldest.value, timeline.unit)} on {short_day(oldest.day)}."


def _extremes(timeline: Timeline) -> str:
    if len(timeline.readings) < 3:
        return ""
    low = min(timeline.readings, key=lambda r: r.value)
    high = max(timeline.readings, key=lambda r: r.value)
    if low.value == high.value:
        return "It never changed."
    return (
        f"Lowest {measure(low.value, timeline.unit)} ({short_day(low.day)}),"
        f" highest {measure(high.value, timeline.unit)} ({short_day(high.day)})."
    )


def _plan_words(timeline: Timeline) -> str:
    plan, unit, parts = timeline.plan, timeline.unit, []
    if plan.target is not None:
        by = f" by {short_day(plan.target_day)}" if plan.target_day else ""
        parts.append(f"Target {measure(plan.target, unit)}{by}.")
    if plan.baseline is not None:
        since = f" on {short_day(plan.baseline_day)}" if plan.baseline_day else ""
        parts.append(f"Baseline {measure(plan.baseline, unit)}{since}.")
    return " ".join(parts)


def _silence_words(timeline: Timeline) -> str:
    parts, gaps = [], timeline.gaps()
    if gaps:
        told = and_list([f"from {_span(*gap)}" for gap in gaps[-_MOST_GAPS_TOLD:]])
        more = len(gaps) - _MOST_GAPS_TOLD
        rest = f", and in {count(more, 'gap')} before" if more > 0 else ""
        parts.append(f"Not measured {told}{rest}.")
    tail = timeline.tail()
    if tail:
        parts.append(f"No newer value for {count((tail[1] - tail[0]).days, 'day')}.")
    return " ".join(parts)


def _break_words(timeline: Timeline) -> str:
    days = sorted({day for day in timeline.breaks() if timeline.first <= day <= timeline.last})
    if not days:
        return ""
    told = and_list([short_day(day) for day in days])
    return f"The definition changed on {told}: numbers before and after do not compare."
