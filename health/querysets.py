"""Chainable questions about snapshots."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    pass


class HealthSnapshotQuerySet(models.QuerySet["HealthSnapshot"]):
    """Health of products on days."""

    def up_to(self, day: dt.date) -> HealthSnapshotQuerySet:
        """Snapshots of `day` or before."""
        return self.filter(day__lte=day)
