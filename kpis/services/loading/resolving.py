"""The KPIs that the values of a file belong to: those that are there, locked, and new ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from accounts.selectors import today
from kpis.models import Kpi, Metric
from kpis.rules import ValueOutOfBounds
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.plans import PlanRule
from kpis.services.loading.standing import numbers_of

if TYPE_CHECKING:
    import polars as pl

BATCH = 2000
Pair = tuple[int, int]
PAIR = ["product", "metric"]

# One field of 24 bytes a KPI, for there may be hundreds of thousands.
_LOCK = """
SELECT string_agg(int8send(id) || int8send(product_id) || int8send(metric_id), '')
FROM (
    SELECT k.id, k.product_id, k.metric_id
    FROM kpis_kpi k JOIN unnest(%(products)s::bigint[], %(metrics)s::bigint[])
        AS wanted (product_id, metric_id) USING (product_id, metric_id)
    ORDER BY k.id
    FOR NO KEY UPDATE OF k
) AS locked
"""


@dataclass(frozen=True, slots=True)
class First:
    """The first value of a KPI in the file, and where it stands there. `value` None: it is only of
    a segment, so that no level can be worked out from it.
    """

    day: dt.date
    value: float | None
    line: int
    column: int
    raw: str


@dataclass(slots=True)
class Resolved:
    """KPIs as a frame (`kpi`, `product`, `metric`), and which of them are new."""

    frame: pl.DataFrame
    made: list[Kpi]


def resolve_kpis(
    values: pl.DataFrame,
    gathered: Gathered,
    *,
    rules: Mapping[int, PlanRule],
    now: dt.datetime,
) -> Resolved:
    """The KPIs of all values; those that are there are locked until commit, in key order.

    A product gets a KPI for each metric of which it has a value. The plan of one that is there is
    never touched.
    """
    wanted = values.select(PAIR).unique().sort(PAIR)
    found = _lock(wanted)
    missing = wanted.join(found, on=PAIR, how="anti", maintain_order="left").rows()
    firsts = _firsts(values, gathered) if rules and missing else {}
    made = [
        _kpi(product, gathered.metrics[metric], rules.get(metric), day=today(now))
        for product, metric in missing
    ]
    for kpi, pair in zip(made, missing, strict=True):
        rule, first = rules.get(pair[1]), firsts.get(pair)
        if rule is not None and first is not None:
            for problem in _plan(kpi, rule, first):
                gathered.refuse_value(first.line, first.column, pair[1], first.raw, problem)
    Kpi.objects.bulk_create(made, batch_size=BATCH)
    return Resolved(_with_made(found, made), made)


def _lock(wanted: pl.DataFrame) -> pl.DataFrame:
    """Those that are there."""
    import polars as pl

    with connection.cursor() as cursor:
        cursor.execute(
            _LOCK,
            {"products": wanted["product"].to_list(), "metrics": wanted["metric"].to_list()},
        )
        (records,) = cursor.fetchone()
    numbers = numbers_of(pl.Int64, bytes(records or b""))
    names = ["kpi", *PAIR]
    columns = [numbers.gather_every(3, place).alias(name) for place, name in enumerate(names)]
    return pl.DataFrame(columns).cast(pl.UInt32)


def _with_made(found: pl.DataFrame, made: list[Kpi]) -> pl.DataFrame:
    import polars as pl

    rows = [(kpi.pk, kpi.product_id, kpi.metric_id) for kpi in made]
    return pl.concat([found, pl.DataFrame(rows, schema=found.schema, orient="row")])


def _firsts(values: pl.DataFrame, gathered: Gathered) -> dict[Pair, First]:
    """For each pair the value for everyone of its first day, or if there is none the first of a
    segment; of several lines the last counts.
    """
    import polars as pl

    wanted = ("product", "metric", "date", "value", "line", "column", "is_part")
    found = (
        values.with_columns(is_part=pl.col("segment") != "").select(wanted)
        .sort("is_part", "date", maintain_order=True)
        .group_by("product", "metric", "is_part", "date", maintain_order=True).last()
        .unique(["product", "metric"], keep="first", maintain_order=True)
    )  # fmt: skip
    rows = gathered.as_written(found).select(*wanted, "raw").rows()
    return {
        (product, metric): First(day, None if is_part else value, line, column, raw)
        for product, metric, day, value, line, column, is_part, raw in rows
    }


def _kpi(product_id: int, metric: Metric, rule: PlanRule | None, *, day: dt.date) -> Kpi:
    rule = rule or PlanRule(cadence=metric.cadence)
    return Kpi(
        product_id=product_id,
        metric=metric,
        created_on=day,
        cadence=rule.cadence,
        weight=rule.weight,
        is_guardrail=rule.is_guardrail,
    )


def _plan(kpi: Kpi, rule: PlanRule, first: First) -> list[str]:
    """Give it its levels and target date; what it can't have is left out, with a sentence each."""
    kpi.baseline, kpi.target = rule.baseline.of(first.value), rule.target.of(first.value)
    kpi.target_date = rule.target_date
    problems = []
    if kpi.target is None and rule.target.share is not None:
        problems.append("The target needs a first value for everyone: it has none.")
    if kpi.target is not None and not _fits(kpi.metric, kpi.target):
        problems.append(f"The target would be {kpi.target:g}, which it can't be: it has none.")
        kpi.target = None
    if kpi.target_date is not None and kpi.target_date <= first.day:
        problems.append("The values start after the target date: it has none.")
        kpi.target_date = None
    return problems


def _fits(metric: Metric, level: float) -> bool:
    try:
        metric.bounds.check(level)
    except ValueOutOfBounds:
        return False
    return True
