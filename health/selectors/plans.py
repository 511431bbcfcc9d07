"""What is in force: the settings, and what products and their KPIs are held to now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from core.arrays import AnyOf
from health import rules
from health.models import HealthSettings
from kpis.models import Exemption, Kpi, Metric, SegmentWeight
from kpis.rules import Aggregation
from personas.selectors import AudiencePlan, audience_plans
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """Settings and the key of the row that holds them; None before there is one."""

    pk: int | None
    settings: rules.Settings


@dataclass(frozen=True, slots=True)
class _Exempt:
    pk: int
    kpi_id: int
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class CurrentPlan:
    """What a product is held to now; exemptions and head-counts have days: `on` says it for one."""

    product_id: int
    plan: rules.ProductPlan
    archived_on: dt.date | None
    exemptions: tuple[_Exempt, ...] = ()
    audiences: tuple[AudiencePlan, ...] = ()
    _with: dict[tuple[Any, ...], rules.ProductPlan] = field(
        default_factory=dict, repr=False, compare=False
    )

    def on(self, day: dt.date) -> rules.ProductPlan:
        """Today's plan as it would be in force on `day`."""
        covering = tuple(one for one in self.exemptions if one.starts_on <= day <= one.ends_on)
        people = tuple(one.people_on(day) for one in self.audiences)
        if not covering and not people:
            return self.plan
        key = (*(one.pk for one in covering), None, *people)
        if key not in self._with:
            plan = self._exempting(covering) if covering else self.plan
            self._with[key] = replace(plan, audiences=self._counted(people))
        return self._with[key]

    def _counted(self, people: tuple[int | None, ...]) -> tuple[rules.Audience, ...]:
        """The audiences that had been counted by the day."""
        return tuple(
            rules.Audience(one.persona, one.choice, one.exchange, amount)
            for one, amount in zip(self.audiences, people, strict=True)
            if amount is not None
        )

    def _exempting(self, covering: tuple[_Exempt, ...]) -> rules.ProductPlan:
        kpis = (
            kpi._replace(exemptions=tuple(one.pk for one in covering if one.kpi_id == kpi.kpi_id))
            for kpi in self.plan.kpis
        )
        return replace(self.plan, kpis=tuple(kpis))


def current_settings() -> SettingsRow:
    """The settings in force: the newest row, or the defaults where there is none. One query."""
    row = HealthSettings.objects.order_by("-pk").first()
    if row is None:
        return SettingsRow(None, rules.Settings())
    return SettingsRow(row.pk, rules.Settings.from_dict(row.values))


def settings_by_id(ids: Iterable[int]) -> dict[int, rules.Settings]:
    """Settings that were once in force, by the key of their row."""
    rows = HealthSettings.objects.in_bulk(list(set(ids)))
    return {pk: rules.Settings.from_dict(row.values) for pk, row in rows.items()}


def plans(product_ids: Collection[int]) -> dict[int, CurrentPlan]:
    """What these products and their KPIs are held to now, in six queries; only known ids."""
    products = Product.objects.filter(pk__in=AnyOf(product_ids)).values_list(
        "pk", "stage", "choice", "exchange", "archived_on"
    )
    kpis, exemptions = _kpis(product_ids), _exemptions(product_ids)
    audiences = audience_plans(product_ids)
    return {
        pk: CurrentPlan(
            product_id=pk,
            plan=rules.ProductPlan(stage, choice, exchange, kpis=rules.by_code(kpis.get(pk, ()))),
            archived_on=archived_on,
            exemptions=tuple(exemptions.get(pk, ())),
            audiences=tuple(audiences.get(pk, ())),
        )
        for pk, stage, choice, exchange, archived_on in products
    }


_KPI_FIELDS = (
    "product_id",
    "metric_id",
    "pk",
    "baseline",
    "baseline_date",
    "target",
    "target_date",
    "weight",
    "cadence",
    "is_guardrail",
)


def _kpis(product_ids: Collection[int]) -> dict[int, list[rules.KpiPlan]]:
    weights = _segment_weights(product_ids)
    metrics = {metric.pk: _read_by(metric) for metric in Metric.objects.all()}
    found: dict[int, list[rules.KpiPlan]] = {}
    rows = Kpi.objects.filter(product_id__in=AnyOf(product_ids)).values_list(*_KPI_FIELDS)
    for product_id, metric_id, pk, *plan in rows:
        kpi = _kpi(pk, plan, *metrics[metric_id])
        if pk in weights:
            kpi = kpi._replace(window=kpi.window._replace(weights=tuple(weights[pk])))
        found.setdefault(product_id, []).append(kpi)
    return found


def _read_by(metric: Metric) -> tuple[Metric, rules.Window]:
    """The window that all KPIs of the metric share, as long as they weigh no segments."""
    is_summed = metric.is_head_count or metric.aggregation == Aggregation.SUM
    return metric, rules.Window(metric.aggregation, metric.window_days, is_summed)


def _kpi(pk: int, plan: list[Any], metric: Metric, window: rules.Window) -> rules.KpiPlan:
    baseline, baseline_date, target, target_date, weight, cadence, is_guardrail = plan
    return rules.KpiPlan(
        kpi_id=pk,
        code=metric.code,
        group=metric.group,
        direction=metric.direction,
        baseline=baseline,
        baseline_date=baseline_date,
        target=target,
        target_date=target_date,
        weight=weight,
        cadence=cadence,
        is_guardrail=is_guardrail,
        name=metric.name,
        unit=metric.unit,
        window=window,
    )


def _segment_weights(product_ids: Collection[int]) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[str, float]]] = {}
    rows = SegmentWeight.objects.filter(kpi__product_id__in=AnyOf(product_ids))
    for kpi_id, segment, weight in rows.order_by("kpi_id", "segment").values_list(
        "kpi_id", "segment", "weight"
    ):
        found.setdefault(kpi_id, []).append((segment, weight))
    return found


def _exemptions(product_ids: Collection[int]) -> dict[int, list[_Exempt]]:
    found: dict[int, list[_Exempt]] = {}
    rows = (
        Exemption.objects.approved().filter(kpi__product_id__in=AnyOf(product_ids)).order_by("pk")
    )
    fields = ("kpi__product_id", "pk", "kpi_id", "starts_on", "ends_on")
    for product_id, pk, kpi_id, starts_on, ends_on in rows.values_list(*fields):
        found.setdefault(product_id, []).append(_Exempt(pk, kpi_id, starts_on, ends_on))
    return found
