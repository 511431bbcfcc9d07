"""Chainable questions about snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models


class HealthSnapshotQuerySet(models.QuerySet["HealthSnapshot"]):
    """Health of products on days."""

    def on(self, day: dt.date) -> HealthSnapshotQuerySet:
        """Snapshots of that very day."""
        return self.filter(day=day)

    def up_to(self, day: dt.date) -> HealthSnapshotQuerySet:
        """Snapshots of `day` or before."""
        return self.filter(day__lte=day)

    def of_products(self, product_ids: Iterable[int]) -> HealthSnapshotQuerySet:
        """Snapshots of any of these products."""
        return self.filter(product_id__in=list(product_ids))

    def newest_first(self) -> HealthSnapshotQuerySet:
        """The latest day first."""
        return self.order_by("-day", "product_id")

    def latest_of_each(self, as_of: dt.date) -> HealthSnapshotQuerySet:
        """For each product its newest snapshot of `as_of` or before: what boards show."""
        newest = (
            self.model.objects.filter(product_id=models.OuterRef("product_id"), day__lte=as_of)
            .order_by("-day")
            .values("day")[:1]
        )
        return self.filter(day=models.Subquery(newest))
