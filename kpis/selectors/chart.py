"""What the chart of a KPI shows of a period: values, segments, what happened, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.db import connection

from accounts.selectors import organisation
from core.audit import event_model
from core.periods import local_date
from core.timeline import Reading
from kpis.models import Kpi, Metric
from kpis.selectors.rows import adds_segments

MOST_POINTS = 370  # a year of days is drawn day by day
MOST_SEGMENTS = 8
MOST_EVENTS = 200
_STEPS = (7, 28, 91, 182)


@dataclass(frozen=True, slots=True)
class ChartPeriod:
    """The days that a chart shows, both included; `key` is the link they came from ("": typed)."""

    first: dt.date
    last: dt.date
    key: str = ""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Course:
    """The values of a period, oldest first; `step` is the days of one mean (1: each day itself).

    `found` counts the days that were measured.
    """

    readings: list[Reading]
    step: int
    found: int


@dataclass(frozen=True, slots=True)
class Segments:
    """The most measured segments of a period by name, and how many there are."""

    readings: dict[str, list[Reading]]
    found: int


# Beyond it sums would overflow; health reads such values the same way.
_LARGEST = 1e75
_DAYS = """
WITH parts AS (
    SELECT m.date, m.segment, greatest(least(m.value, %(largest)s), -%(largest)s) AS value,
        least(coalesce(w.weight, 1), %(largest)s) AS weight
    FROM kpis_measurement m
    LEFT JOIN kpis_segmentweight w ON w.kpi_id = m.kpi_id AND w.segment = m.segment
    WHERE m.kpi_id = %(kpi)s AND m.date BETWEEN %(first)s AND %(last)s
), days AS (
    SELECT date, coalesce(
        max(value) FILTER (WHERE segment = ''),
        CASE WHEN %(adds_up)s THEN sum(value) ELSE sum(value * weight) / nullif(sum(weight), 0) END
    ) AS value
    FROM parts GROUP BY date
), known AS (
    SELECT date, value, count(*) OVER () AS found, max(date) OVER () AS newest
    FROM days WHERE value IS NOT NULL
), stepped AS (
    SELECT *, CASE WHEN found <= %(most)s THEN 1 ELSE %(step)s END AS step FROM known
)
SELECT min(date), max(date), avg(value), count(*), min(step), min(found)
FROM stepped GROUP BY {bucket} ORDER BY 2
"""
# Weeks begin on Monday. The newest day stands alone, so that the last point is the newest value;
# no mean spans a day on which the definition changed.
_BUCKET = """
    date = newest, (date - DATE '1900-01-01') / step,
    (SELECT count(*) FROM unnest(%(breaks)s::date[]) AS changed WHERE changed <= date)
"""
_SEGMENTS = """
WITH parts AS (
    SELECT segment, date, greatest(least(value, %(largest)s), -%(largest)s) AS value,
        %(newest)s::date AS newest, %(step)s AS step
    FROM kpis_measurement
    WHERE kpi_id = %(kpi)s AND date BETWEEN %(first)s AND %(last)s AND segment <> ''
), ranked AS (
    SELECT segment, count(*) OVER () AS found FROM parts
    GROUP BY segment ORDER BY count(*) DESC, segment LIMIT %(segments)s
)
SELECT segment, min(date), max(date), avg(value), count(*), min(found)
FROM parts JOIN ranked USING (segment)
GROUP BY segment, {bucket} ORDER BY 1, 3
"""


def course(kpi: Kpi, period: ChartPeriod, breaks: Collection[dt.date] = ()) -> Course:
    """At most some 370 points for the period, however many values it has: one query.

    Where more days were measured, each point is the mean of a week, or of as many weeks as it
    takes; none spans one of the days `breaks`.
    """
    rows = _fetch(_DAYS, kpi, period, breaks, step=_step(period), adds_up=adds_segments(kpi))
    return Course(
        readings=[_reading(*row[:4]) for row in rows],
        step=rows[0][4] if rows else 1,
        found=rows[0][5] if rows else 0,
    )


def segments_over(
    kpi: Kpi, period: ChartPeriod, found: Course, breaks: Collection[dt.date] = ()
) -> Segments:
    """The same for the segments with the most values, on the same days as everyone's: one query."""
    newest = found.readings[-1].day if found.readings else None
    rows = _fetch(
        _SEGMENTS, kpi, period, breaks, step=found.step, newest=newest, segments=MOST_SEGMENTS
    )
    by_name = {
        name: [_reading(*row[1:5]) for row in of_name]
        for name, of_name in groupby(rows, key=itemgetter(0))
    }
    return Segments(by_name, rows[0][5] if rows else 0)


def _step(period: ChartPeriod) -> int:
    return next((step for step in _STEPS if period.days / step <= MOST_POINTS), _STEPS[-1])


def _fetch(
    sql: str, kpi: Kpi, period: ChartPeriod, breaks: Collection[dt.date], **more: Any
) -> list[tuple[Any, ...]]:
    parameters = {
        "kpi": kpi.pk,
        "first": period.first,
        "last": period.last,
        "breaks": list(breaks),
        "largest": _LARGEST,
        "most": MOST_POINTS,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(bucket=_BUCKET), parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _reading(first: dt.date, last: dt.date, value: float, amount: int) -> Reading:
    return Reading(last, value, first if first != last else None, amount)


# --- What changed ----------------------------------------------------------------------------

PLAN_FIELDS = ("baseline", "baseline_date", "target", "target_date")
DEFINITION_FIELDS = (
    *("unit", "definition", "lower", "upper", "direction", "aggregation", "window_days"),
    "is_head_count",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a plan or a metric, as it was and as it became."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Turn:
    """What changed on a day, the day of the organisation's time zone."""

    day: dt.date
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """The days of a period on which the plan changed, and on which the metric came to mean
    something else, oldest first.
    """

    plans: list[Turn]
    definitions: list[Turn]


def turns_of(kpi: Kpi, period: ChartPeriod) -> Turns:
    """What changed in the plan of a KPI and in its metric: two queries, and the time zone."""
    zone = organisation().time_zone
    plans = _turns(event_model(Kpi), kpi.pk, PLAN_FIELDS, zone)
    definitions = _turns(event_model(Metric), kpi.metric_id, DEFINITION_FIELDS, zone)
    return Turns(
        *([turn for turn in turns if period.first <= turn.day <= period.last]
          for turns in (plans, definitions))
    )  # fmt: skip


def _turns(events: Any, pk: int, names: Sequence[str], zone: str) -> list[Turn]:
    states = events.objects.filter(pgh_obj_id=pk).order_by("-pgh_id")
    kept = list(states.values("pgh_created_at", *names)[:MOST_EVENTS])[::-1]
    days: dict[dt.date, tuple[dict[str, Any], dict[str, Any]]] = {}
    for before, after in pairwise(kept):
        day = local_date(after["pgh_created_at"], zone)
        days[day] = (days[day][0] if day in days else before, after)
    turns = (Turn(day, _differences(*states, names)) for day, states in days.items())
    return [turn for turn in turns if turn.changes]


def _differences(
    before: dict[str, Any], after: dict[str, Any], names: Iterable[str]
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before[name], after[name])
        for name in names
        if before[name] != after[name]
    )
