"""KPIs and their values for tests. Dates lie around `TODAY`, the day most tests freeze."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import factory
from factory.django import DjangoModelFactory

from kpis.models import Annotation, Exemption, Kpi, KpiReview, Measurement, Metric, SegmentWeight
from tests.factories.portfolio import ProductFactory

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def builtin_metric(code: str) -> Metric:
    """A metric of the catalogue, put back if a transactional test has emptied it."""
    found = Metric.objects.filter(code=code).first()
    if found is None:
        migration = import_module("kpis.migrations.0003_builtin_metrics")
        from django.apps import apps

        migration.add_metrics(apps, None)
        found = Metric.objects.get(code=code)
    return found


class MetricFactory(DjangoModelFactory):
    class Meta:
        model = Metric

    code = factory.Sequence(lambda n: f"metric-{n}")
    name = factory.Sequence(lambda n: f"Metric {n}")
    unit = "points"
    lower = None
    upper = None
    direction = "up"
    aggregation = "mean"
    group = "adoption"
    cadence = 7


class KpiFactory(DjangoModelFactory):
    class Meta:
        model = Kpi

    product = factory.SubFactory(ProductFactory)
    metric = factory.SubFactory(MetricFactory)
    cadence = 7
    created_on = dt.date(2026, 1, 1)


class MeasurementFactory(DjangoModelFactory):
    class Meta:
        model = Measurement

    kpi = factory.SubFactory(KpiFactory)
    date = TODAY
    segment = ""
    value = 10.0
    source = "form"
    entered_by = None
    entered_at = NOW


class ExemptionFactory(DjangoModelFactory):
    class Meta:
        model = Exemption

    kpi = factory.SubFactory(KpiFactory)
    reason = "The warehouse is closed."
    starts_on = TODAY
    ends_on = TODAY
    created_at = NOW


class AnnotationFactory(DjangoModelFactory):
    class Meta:
        model = Annotation

    product = factory.SubFactory(ProductFactory)
    kpi = None
    day = TODAY
    kind = "other"
    text = "The stores were closed"
    by = None
    created_at = NOW


class SegmentWeightFactory(DjangoModelFactory):
    class Meta:
        model = SegmentWeight

    kpi = factory.SubFactory(KpiFactory)
    segment = "power users"
    weight = 2.0


class KpiReviewFactory(DjangoModelFactory):
    class Meta:
        model = KpiReview

    product = factory.SubFactory(ProductFactory)
    stage = "pilot"
    done_at = NOW
    note = "We look at use from now on."
