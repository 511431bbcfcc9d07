"""Current values of KPIs on days, by one statement over sets (domain.md §4, "Current value").

The rule in plain words, and the oracle of this statement, is `health.rules.values`. How a KPI's
days are read comes from its plan, not from its tables: a past day keeps the plan it had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from health.rules import KpiFact, Window
from health.rules.values import LARGEST, SMALLEST


@dataclass(frozen=True, slots=True)
class Question:
    """The value of one KPI on one day, read by `window`."""

    kpi_id: int
    day: dt.date
    window: Window


def _tamed(column: str) -> str:
    """`health.rules.tame` in SQL."""
    return (
        f"CASE WHEN abs({column}) < {SMALLEST!r}::float8 THEN 0::float8 "
        f"ELSE greatest(least({column}, {LARGEST!r}::float8), -{LARGEST!r}::float8) END"
    )


# Sums are ordered, so that the same data give the same last bit whatever plan PostgreSQL chooses.
# A day: the value for everyone, else the sum of the segments, else their weighted mean.
_DAY_COLUMNS = f"""
    CASE
        WHEN min(m.segment) = '' THEN min({_tamed("m.value")}) FILTER (WHERE m.segment = '')
        WHEN span.is_summed THEN sum({_tamed("m.value")} ORDER BY m.segment)
        ELSE sum(coalesce(x.weight, 1) * {_tamed("m.value")} ORDER BY m.segment)
            / nullif(sum(coalesce(x.weight, 1) ORDER BY m.segment), 0)
    END AS value,
    CASE
        WHEN min(m.segment) = '' THEN min(m.sample_size) FILTER (WHERE m.segment = '')
        WHEN count(m.sample_size) = count(*) THEN sum(m.sample_size)
    END AS size,
    (array_agg(m.source ORDER BY m.segment))[1] AS source
"""

_STATEMENT = f"""
WITH spec AS MATERIALIZED (
    SELECT * FROM unnest(
        %(kpi_ids)s::bigint[], %(aggregations)s::text[], %(days)s::int[], %(summed)s::bool[]
    ) WITH ORDINALITY AS s (kpi_id, aggregation, days, is_summed, no)
), wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(wanted_no)s::bigint[], %(wanted_day)s::date[]) AS w (no, day)
), weight AS MATERIALIZED (
    SELECT no, segment, {_tamed("raw")} AS weight
    FROM unnest(%(weight_no)s::bigint[], %(weight_segment)s::text[], %(weight_value)s::float8[])
        AS w (no, segment, raw)
), span AS MATERIALIZED (
    SELECT spec.no, spec.kpi_id, spec.is_summed,
        min(wanted.day) - max(spec.days) + 1 AS first_day, max(wanted.day) AS last_day
    FROM spec JOIN wanted USING (no) GROUP BY spec.no, spec.kpi_id, spec.is_summed
), daily AS MATERIALIZED (
    SELECT * FROM (
        SELECT span.no, m.date, {_DAY_COLUMNS}
        FROM span
        JOIN kpis_measurement m
            ON m.kpi_id = span.kpi_id AND m.date BETWEEN span.first_day AND span.last_day
        LEFT JOIN weight x ON x.no = span.no AND x.segment = m.segment
        WHERE m.date BETWEEN %(first)s::date AND %(last)s::date
        GROUP BY span.no, span.is_summed, m.date
    ) AS d WHERE value IS NOT NULL
), windowed AS (
    SELECT wanted.no, wanted.day, max(daily.date) AS last_day,
        (array_agg(daily.source ORDER BY daily.date DESC))[1] AS source,
        CASE spec.aggregation
            WHEN 'last' THEN (array_agg(daily.value ORDER BY daily.date DESC))[1]
            WHEN 'sum' THEN sum(daily.value ORDER BY daily.date)
            ELSE CASE
                WHEN spec.aggregation = 'weighted_mean' AND count(daily.size) = count(*)
                    AND sum(daily.size) > 0
                THEN sum(daily.value * daily.size ORDER BY daily.date) / sum(daily.size)
                ELSE sum(daily.value ORDER BY daily.date) / count(*)
            END
        END AS value
    FROM wanted
    JOIN spec USING (no)
    JOIN daily ON daily.no = wanted.no
        AND daily.date BETWEEN wanted.day - spec.days + 1 AND wanted.day
    GROUP BY wanted.no, wanted.day, spec.aggregation
)
SELECT spec.kpi_id, wanted.day, coalesce(windowed.value, earlier.value),
    coalesce(windowed.last_day, earlier.date), coalesce(windowed.source, earlier.source),
    started.date
FROM wanted
JOIN spec USING (no)
LEFT JOIN windowed ON windowed.no = wanted.no AND windowed.day = wanted.day
-- The last measured day before the window, only where the window is empty.
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT m.date, {_DAY_COLUMNS}
        FROM (SELECT spec.is_summed) AS span
        JOIN kpis_measurement m ON m.kpi_id = spec.kpi_id AND m.date <= wanted.day - spec.days
        LEFT JOIN weight x ON x.no = wanted.no AND x.segment = m.segment
        WHERE windowed.no IS NULL
        GROUP BY m.date, span.is_summed
    ) AS d WHERE value IS NOT NULL ORDER BY date DESC LIMIT 1
) AS earlier ON true
LEFT JOIN LATERAL (
    SELECT m.date FROM kpis_measurement m
    WHERE m.kpi_id = spec.kpi_id AND m.date <= wanted.day ORDER BY m.date LIMIT 1
) AS started ON true
WHERE windowed.no IS NOT NULL OR earlier.date IS NOT NULL
"""  # noqa: S608  # nothing but constants of this module is put in


def window_facts(questions: Iterable[Question]) -> dict[tuple[int, dt.date], KpiFact]:
    """For each (KPI, day) what is known of it; those without any value are left out.

    One statement, however many questions. A (KPI, day) may be asked once.
    """
    asked = list(questions)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, _parameters(asked))
        return {
            (kpi_id, day): KpiFact(value, last, source, first)
            for kpi_id, day, value, last, source, first in cursor
        }


def _parameters(asked: list[Question]) -> dict[str, Any]:
    """Arrays for the statement; equal windows of a KPI share a number."""
    numbers: dict[tuple[int, Window], int] = {}
    wanted = [numbers.setdefault((one.kpi_id, one.window), len(numbers) + 1) for one in asked]
    weights = [
        (number, segment, weight)
        for (_, window), number in numbers.items()
        for segment, weight in window.weights
    ]
    days = [one.day for one in asked]
    longest = max(window.days for _, window in numbers)
    return {
        "kpi_ids": [kpi_id for kpi_id, _ in numbers],
        "aggregations": [window.aggregation for _, window in numbers],
        "days": [window.days for _, window in numbers],
        "summed": [window.is_summed for _, window in numbers],
        "wanted_no": wanted,
        "wanted_day": days,
        "weight_no": [number for number, _, _ in weights],
        "weight_segment": [segment for _, segment, _ in weights],
        "weight_value": [float(weight) for _, _, weight in weights],
        "first": min(days) - dt.timedelta(days=longest - 1),
        "last": max(days),
    }
