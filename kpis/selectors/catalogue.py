"""The catalogue of metrics and where each is used."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from kpis.models import Kpi, Measurement, Metric
from kpis.rules import Bounds
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric and how many products, as far as the viewer may know, measure it."""

    metric: Metric
    uses: int


@dataclass(frozen=True, slots=True)
class MetricUse:
    """A product that measures the metric."""

    kpi: Kpi


def metric_list(user: User) -> list[MetricRow]:
    """Every metric by group and name."""
    seen = Q(kpis__product__in=Product.objects.visible_to(user).order_by().values("pk"))
    metrics = Metric.objects.annotate(uses=Count("kpis", filter=seen)).by_group()
    return [MetricRow(metric, metric.uses) for metric in metrics]


def metric_uses(metric: Metric, user: User) -> list[MetricUse]:
    """Who measures it, by name of product, as far as `user` may know."""
    kpis = (
        Kpi.objects.filter(metric=metric, product__in=Product.objects.visible_to(user))
        .select_related("product", "metric")
        .order_by(Lower("product__name"), "pk")
    )
    return [MetricUse(kpi) for kpi in kpis]


def free_metrics(product: Product) -> QuerySet[Metric]:
    """Metrics that the product does not measure yet, by group and name."""
    return Metric.objects.exclude(kpis__product=product).by_group()


def count_outside(metric: Metric, bounds: Bounds) -> int:
    """How many existing values of the metric's KPIs these bounds would not accept."""
    outside = Q()
    if bounds.lower is not None:
        outside |= Q(value__lt=bounds.lower)
    if bounds.upper is not None:
        outside |= Q(value__gt=bounds.upper)
    if not outside:
        return 0
    kpi_ids = list(metric.kpis.order_by().values_list("pk", flat=True))
    return Measurement.objects.filter(outside, kpi_id__in=kpi_ids).count()
