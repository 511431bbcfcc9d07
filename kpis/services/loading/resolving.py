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

if TYPE_CHECKING:
    import polars as pl

BATCH = 2000
Pair = tuple[int, int]

_LOCK = """
SELECT k.id, k.product_id, k.metric_id
FROM kpis_kpi k JOIN unnest(%(products)s::bigint[], %(metrics)s::bigint[])
    AS wanted (product_id, metric_id) USING (product_id, metric_id)
ORDER BY k.id
FOR NO KEY UPDATE OF k
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
    """KPI → its product and metric, and which of them are new."""

    pairs: dict[int, Pair]
    made: list[Kpi]

    def frame(self) -> pl.DataFrame:
        """To be joined with values."""
        import polars as pl

        return pl.DataFrame(
            [(kpi, product, metric) for kpi, (product, metric) in self.pairs.items()],
            schema={"kpi": pl.UInt32, "product": pl.UInt32, "metric": pl.UInt32},
            orient="row",
        )


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
    wanted = values.select("product", "metric").unique().sort("product", "metric").rows()
    pairs = _lock(wanted)
    known = set(pairs.values())
    missing = [pair for pair in wanted if pair not in known]
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
    pairs.update({kpi.pk: (kpi.product_id, kpi.metric_id) for kpi in made})
    return Resolved(pairs, made)


def _lock(wanted: list[Pair]) -> dict[int, Pair]:
    if not wanted:
        return {}
    products, metrics = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"products": list(products), "metrics": list(metrics)})
        return {kpi: (product, metric) for kpi, product, metric in cursor.fetchall()}


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
