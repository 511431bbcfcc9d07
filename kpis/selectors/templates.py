"""Templates of KPIs as a product meets them: expected in its stage, measured already or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kpis.models import Kpi, Metric
from kpis.selectors.rows import KpiRow, kpi_rows
from kpis.stages import Factors
from kpis.templates import KpiTemplate, ambition, templates
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Offer:
    """A template with its metric; `row` is the KPI that measures it already, `times` how much its
    target asks for beside the best four weeks so far.
    """

    template: KpiTemplate
    metric: Metric
    factor: float
    row: KpiRow | None
    times: float | None = None

    @property
    def is_expected(self) -> bool:
        """Whether the product's stage expects the group to be measured."""
        return self.factor >= 1


def offers(product: Product, factors: Factors, today: dt.date) -> list[Offer]:
    """Every template whose metric is in the catalogue; those of groups that the stage counts most
    come first, in the order of the file.
    """
    rows = {row.kpi.metric.code: row for row in kpi_rows(product, today)}
    metrics = Metric.objects.in_bulk([one.metric for one in templates()], field_name="code")
    found = [
        _offer(one, metrics[one.metric], rows, product, factors)
        for one in templates()
        if one.metric in metrics
    ]
    return sorted(found, key=lambda offer: -offer.factor)


def _offer(
    template: KpiTemplate,
    metric: Metric,
    rows: Mapping[str, KpiRow],
    product: Product,
    factors: Factors,
) -> Offer:
    row = rows.get(metric.code)
    times = ambition(row.series, row.kpi.target, row.kpi.target_date, row.as_of) if row else None
    return Offer(template, metric, factors.stage_factor(product.stage, metric.group), row, times)


def measured_groups(kpis: list[Kpi]) -> set[str]:
    """The groups in which something has a plan; an untargeted KPI measures nothing for health."""
    return {kpi.metric.group for kpi in kpis if kpi.baseline is not None and kpi.target is not None}
