"""Current values of KPIs on days, by statements over sets (domain.md §4, "Current value").

The rule in plain words, and the oracle of these statements, is `health.rules.values`. How a KPI's
days are read comes from its plan, not from its tables: a past day keeps the plan it had.

Nearly all KPIs have one value a day, for everyone. `_PLAIN` reads those along the key of the table,
28 rows a window, without sorting or joining; where it meets a segment it says so, and `_GENERAL`,
which folds the segments of each day first, answers that question instead: it takes four times as
long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from health.rules import KpiFact, Window
from health.rules.values import LARGEST, SMALLEST


class Question(NamedTuple):
    """The value of one KPI on one day, read by `window`; `needs_first`: and its first day ever."""

    kpi_id: int
    day: dt.date
    window: Window
    needs_first: bool = True


def _tamed(column: str) -> str:
    """`health.rules.tame` in SQL."""
    return (
        f"CASE WHEN abs({column}) < {SMALLEST!r}::float8 THEN 0::float8 "
        f"ELSE greatest(least({column}, {LARGEST!r}::float8), -{LARGEST!r}::float8) END"
    )


# The first measured day stands in for a missing baseline date.
_STARTED = """
    SELECT m.date FROM kpis_measurement m
    WHERE q.needs_first AND m.kpi_id = q.kpi_id AND m.date <= q.day
        AND m.date BETWEEN %(oldest)s::date AND %(last)s::date
    ORDER BY m.date LIMIT 1
"""

# The first month of any measurement: what comes before are empty partitions, which would be looked
# into for every KPI without a day of its baseline, and cost as much as all the rest.
_OLDEST = """
WITH oldest AS (
    SELECT year FROM generate_series('2000-01-01', %s::date, interval '1 year') AS year
    WHERE EXISTS (
        SELECT FROM kpis_measurement m
        WHERE m.date >= year::date AND m.date < (year + interval '1 year')::date
    ) ORDER BY year LIMIT 1
)
SELECT month::date
FROM oldest, generate_series(year, year + interval '11 months', interval '1 month') AS month
WHERE EXISTS (
    SELECT FROM kpis_measurement m
    WHERE m.date >= month::date AND m.date < (month + interval '1 month')::date
) ORDER BY month LIMIT 1
"""

# Partitions that no question reaches are left out before anything is read: the outermost days are
# plain constants. The newest day comes from its end of the index, segments after everyone, so that
# a row of everyone on top means a day without segments. Sums are ordered, so that the same data
# give the same last bit whatever plan PostgreSQL chooses; the index has them in that order anyhow.
_PLAIN = f"""
WITH question AS MATERIALIZED (
    SELECT * FROM unnest(
        %(kpi_ids)s::bigint[], %(on)s::date[], %(days)s::int[], %(aggregations)s::text[],
        %(needs_first)s::bool[]
    ) WITH ORDINALITY AS q (kpi_id, day, days, aggregation, needs_first, no)
)
SELECT q.no,
    newest.segment = '' AND coalesce(inside.is_plain, true) AS is_plain,
    CASE
        WHEN inside.amount = 0 THEN newest.value
        WHEN q.aggregation = 'sum' THEN inside.total
        WHEN q.aggregation = 'weighted_mean' AND inside.sizes = inside.amount AND inside.size > 0
            THEN inside.weighed / inside.size
        ELSE inside.total / inside.amount
    END AS value,
    newest.date, newest.source, started.date
FROM question q
CROSS JOIN LATERAL (
    SELECT m.date, m.segment, {_tamed("m.value")} AS value, m.source FROM kpis_measurement m
    WHERE m.kpi_id = q.kpi_id AND m.date <= q.day
        AND m.date BETWEEN %(oldest)s::date AND %(last)s::date
    ORDER BY m.date DESC, m.segment DESC LIMIT 1
) AS newest
CROSS JOIN LATERAL (
    SELECT sum(r.value ORDER BY r.date) AS total, count(*) AS amount,
        sum(r.value * r.size ORDER BY r.date) AS weighed, count(r.size) AS sizes,
        sum(r.size) AS size, bool_and(r.segment = '') AS is_plain
    FROM (
        SELECT m.date, m.segment, {_tamed("m.value")} AS value, m.sample_size AS size
        FROM kpis_measurement m
        WHERE q.aggregation <> 'last' AND newest.date > q.day - q.days
            AND m.kpi_id = q.kpi_id AND m.date BETWEEN q.day - q.days + 1 AND q.day
            AND m.date BETWEEN %(first)s::date AND %(last)s::date
    ) AS r
) AS inside
LEFT JOIN LATERAL ({_STARTED}) AS started ON true
"""  # noqa: S608  # nothing but constants of this module is put in


# Sums are ordered, so that the same data give the same last bit whatever plan PostgreSQL chooses.
# A day: the value for everyone, else the sum of the segments, else their weighted mean.
_DAY = """
    CASE
        WHEN min(r.segment) = '' THEN min(r.value) FILTER (WHERE r.segment = '')
        WHEN r.is_summed THEN sum(r.value ORDER BY r.segment)
        ELSE sum(coalesce(x.weight, 1) * r.value ORDER BY r.segment)
            / nullif(sum(coalesce(x.weight, 1) ORDER BY r.segment), 0)
    END AS value,
    CASE
        WHEN min(r.segment) = '' THEN min(r.size) FILTER (WHERE r.segment = '')
        WHEN count(r.size) = count(*) THEN sum(r.size)
    END AS size,
    (array_agg(r.source ORDER BY r.segment))[1] AS source
"""


_GENERAL = f"""
WITH spec AS MATERIALIZED (
    SELECT * FROM unnest(
        %(kpi_ids)s::bigint[], %(aggregations)s::text[], %(days)s::int[], %(summed)s::bool[],
        %(needs_first)s::bool[]
    ) WITH ORDINALITY AS s (kpi_id, aggregation, days, is_summed, needs_first, no)
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
), raw AS MATERIALIZED (
    SELECT span.no, span.is_summed, m.date, m.segment, {_tamed("m.value")} AS value,
        m.sample_size AS size, m.source
    FROM span
    JOIN kpis_measurement m
        ON m.kpi_id = span.kpi_id AND m.date BETWEEN span.first_day AND span.last_day
    WHERE m.date BETWEEN %(first)s::date AND %(last)s::date
), daily AS MATERIALIZED (
    SELECT no, date, value, size, source FROM raw WHERE segment = ''
    UNION ALL
    SELECT * FROM (
        SELECT r.no, r.date, {_DAY}
        FROM raw r LEFT JOIN weight x ON x.no = r.no AND x.segment = r.segment
        WHERE r.segment <> '' AND NOT EXISTS (
            SELECT FROM raw e WHERE e.no = r.no AND e.date = r.date AND e.segment = ''
        )
        GROUP BY r.no, r.date, r.is_summed
    ) AS of_segments WHERE value IS NOT NULL
), windowed AS (
    SELECT wanted.no, wanted.day, max(daily.date) AS last_day,
        CASE
            WHEN spec.aggregation = 'sum' THEN sum(daily.value ORDER BY daily.date)
            WHEN spec.aggregation = 'weighted_mean' AND count(daily.size) = count(*)
                AND sum(daily.size) > 0
            THEN sum(daily.value * daily.size ORDER BY daily.date) / sum(daily.size)
            ELSE sum(daily.value ORDER BY daily.date) / count(*)
        END AS value
    FROM wanted
    JOIN spec USING (no)
    JOIN daily ON daily.no = wanted.no
        AND daily.date BETWEEN wanted.day - spec.days + 1 AND wanted.day
    GROUP BY wanted.no, wanted.day, spec.aggregation
)
SELECT spec.kpi_id, wanted.day,
    CASE WHEN spec.aggregation = 'last' OR windowed.no IS NULL
        THEN coalesce(newest.value, earlier.value) ELSE windowed.value
    END,
    coalesce(newest.date, earlier.date), coalesce(newest.source, earlier.source), started.date
FROM wanted
JOIN spec USING (no)
LEFT JOIN windowed ON windowed.no = wanted.no AND windowed.day = wanted.day
LEFT JOIN daily newest ON newest.no = windowed.no AND newest.date = windowed.last_day
-- The last measured day before the window, only where the window is empty.
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT r.date, {_DAY}
        FROM (
            SELECT m.date, m.segment, {_tamed("m.value")} AS value, m.sample_size AS size,
                m.source, spec.is_summed
            FROM kpis_measurement m
            WHERE windowed.no IS NULL AND m.kpi_id = spec.kpi_id
                AND m.date <= wanted.day - spec.days
        ) AS r
        LEFT JOIN weight x ON x.no = wanted.no AND x.segment = r.segment
        GROUP BY r.date, r.is_summed
    ) AS d WHERE value IS NOT NULL ORDER BY date DESC LIMIT 1
) AS earlier ON true
-- The first measured day stands in for a missing baseline date.
LEFT JOIN LATERAL (
    SELECT m.date FROM kpis_measurement m
    WHERE spec.needs_first AND m.kpi_id = spec.kpi_id AND m.date <= wanted.day
    ORDER BY m.date LIMIT 1
) AS started ON true
WHERE windowed.no IS NOT NULL OR earlier.date IS NOT NULL
"""  # noqa: S608  # nothing but constants of this module is put in


def window_facts(questions: Iterable[Question]) -> dict[tuple[int, dt.date], KpiFact]:
    """For each (KPI, day) what is known of it; those without any value are left out.

    Two statements, however many questions, and one more for those that touch segments. A (KPI,
    day) may be asked once.
    """
    asked = list(questions)
    if not asked:
        return {}
    found: dict[tuple[int, dt.date], KpiFact] = {}
    folded: list[Question] = []
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [max(one.day for one in asked)])
        oldest = cursor.fetchone()
        if oldest is None:
            return {}
        cursor.execute(_PLAIN, {"oldest": oldest[0], **_plain_parameters(asked)})
        for number, is_plain, *fact in cursor.fetchall():
            one = asked[number - 1]
            if is_plain:
                found[one.kpi_id, one.day] = KpiFact(*fact)
            else:
                folded.append(one)
    if folded:
        found |= _folded_facts(folded)
    return found


def _folded_facts(asked: list[Question]) -> dict[tuple[int, dt.date], KpiFact]:
    with connection.cursor() as cursor:
        cursor.execute(_GENERAL, _general_parameters(asked))
        return {
            (kpi_id, day): KpiFact(value, last, source, first)
            for kpi_id, day, value, last, source, first in cursor
        }


def _plain_parameters(asked: list[Question]) -> dict[str, Any]:
    return {
        "kpi_ids": array_of(one.kpi_id for one in asked),
        "on": array_of(one.day for one in asked),
        "days": array_of(one.window.days for one in asked),
        "aggregations": array_of(one.window.aggregation for one in asked),
        "needs_first": array_of(one.needs_first for one in asked),
        **_outermost(asked),
    }


def array_of(values: Iterable[int | dt.date | str]) -> str:
    """The literal of an array; the driver would take each element through Python by itself.

    Texts have to be plain words.
    """
    return f"{{{','.join(map(str, values))}}}"


def _outermost(asked: list[Question]) -> dict[str, dt.date]:
    """The first and the last day that any of the windows holds."""
    return {
        "first": min(one.day - dt.timedelta(days=one.window.days - 1) for one in asked),
        "last": max(one.day for one in asked),
    }


def _general_parameters(asked: list[Question]) -> dict[str, Any]:
    """Arrays for the statement; equal windows of a KPI share a number."""
    numbers: dict[tuple[int, Window, bool], int] = {}
    wanted = [
        numbers.setdefault((one.kpi_id, one.window, one.needs_first), len(numbers) + 1)
        for one in asked
    ]
    weights = [
        (number, segment, float(weight))
        for (_, window, _), number in numbers.items()
        for segment, weight in window.weights
    ]
    days = [one.day for one in asked]
    windows = [window for _, window, _ in numbers]
    return {
        "kpi_ids": [kpi_id for kpi_id, _, _ in numbers],
        "aggregations": [window.aggregation for window in windows],
        "days": [window.days for window in windows],
        "summed": [window.is_summed for window in windows],
        "needs_first": [needs_first for _, _, needs_first in numbers],
        "wanted_no": wanted,
        "wanted_day": days,
        "weight_no": [number for number, _, _ in weights],
        "weight_segment": [segment for _, segment, _ in weights],
        "weight_value": [weight for _, _, weight in weights],
        **_outermost(asked),
    }
