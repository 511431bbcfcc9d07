"""Chainable questions about metrics, KPIs and measurements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models.functions import Lower, Trim


class MetricQuerySet(models.QuerySet[Any]):
    """Entries of the catalogue."""

    def by_group(self) -> MetricQuerySet:
        """In the order of groups, then of names."""
        return self.order_by("group", Lower("name"), "pk")


class KpiQuerySet(models.QuerySet[Any]):
    """Metrics on products."""

    def targeted(self) -> KpiQuerySet:
        """KPIs that enter health: with a baseline and a target."""
        return self.filter(baseline__isnull=False, target__isnull=False)

    def by_metric(self) -> KpiQuerySet:
        """In the order of groups, then of metric codes, with the metric at hand."""
        return self.select_related("metric").order_by("metric__group", "metric__code")


class ExemptionQuerySet(models.QuerySet[Any]):
    """Spans in which a KPI does not count."""

    def approved(self) -> ExemptionQuerySet:
        """Exemptions that count on their days."""
        return self.filter(state="approved")

    def on(self, day: dt.date) -> ExemptionQuerySet:
        """Exemptions in force on `day`."""
        return self.approved().filter(starts_on__lte=day, ends_on__gte=day)


class MeasurementQuerySet(models.QuerySet[Any]):
    """Values of KPIs, one per (KPI, date, segment)."""

    def up_to(self, day: dt.date) -> MeasurementQuerySet:
        """Values dated on or before `day`."""
        return self.filter(date__lte=day)

    def newest_first(self) -> MeasurementQuerySet:
        """Latest date first; segments of one day by name, everyone first."""
        return self.order_by("-date", "segment")

    def newest_of_segments(self, names: Collection[str]) -> MeasurementQuerySet:
        """For each KPI and segment of these names, whatever their case, the latest value; with the
        name in lower case as `named`.
        """
        folded = [name.strip().lower() for name in names]
        named = self.annotate(named=Lower(Trim("segment"))).filter(named__in=folded)
        return named.order_by("kpi_id", "named", "-date").distinct("kpi_id", "named")
