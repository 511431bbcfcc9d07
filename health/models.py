"""Settings in force, and one snapshot of a product's health per kept day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.formats import short_day
from health.enums import Status
from health.querysets import HealthSnapshotQuerySet
from portfolio.models import Product


class HealthSettings(models.Model):
    """Thresholds, signal values and stage factors. Rows are never changed: the newest is in force.

    `values` has the shape of `health.rules.Settings.as_dict()`. A snapshot points at the row it
    used, so a change today never rewrites the past.
    """

    values = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        get_latest_by = "pk"
        verbose_name_plural = "health settings"

    def __str__(self) -> str:
        return f"settings {self.pk} of {self.created_at:%Y-%m-%d}"


class HealthSnapshot(models.Model):
    """Health of one product at the end of one day of the organisation's time zone.

    `health` keeps its number even where the status is unknown; selectors and pages leave it out
    there. `plan` is what the product and its KPIs were held to on that day, `explanation` the parts
    of the sum: both are plain JSON, see `health.rules`. `plan_mark` is `ProductPlan.mark()`, empty
    in rows from before there were marks. `before` is settings and plan of the day 28 days earlier,
    which the trend compares with, where they differ from this day's. `reason` is the sentence of
    the largest loss, or why health is not known; `measured_on` the day of the newest measurement.
    """

    pk = models.CompositePrimaryKey("product_id", "day")
    # The migration adds the constraint with ON DELETE CASCADE: a roll-up that writes while the
    # product is being deleted then leaves no row in the way.
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="snapshots",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField()
    status = models.CharField(max_length=8, choices=Status)
    health = models.FloatField(null=True)
    confidence = models.FloatField()
    trend = models.FloatField(null=True)
    settings = models.ForeignKey(HealthSettings, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()
    plan_mark = models.CharField(max_length=32, blank=True, default="")
    before = models.JSONField(null=True)
    explanation = models.JSONField()
    reason = models.CharField(max_length=300, blank=True, default="")
    measured_on = models.DateField(null=True)
    is_kept = models.BooleanField(default=False)  # asked for by `roll_up --as-of`: never pruned
    computed_at = models.DateTimeField()

    objects = HealthSnapshotQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["day"], name="health_snapshot_day")]

    def __str__(self) -> str:
        return f"product {self.product_id} on {self.day}: {self.status}"


class Recompute(models.Model):
    """Kept days that somebody had worked out again with the settings and plans of today.

    The past keeps what it used; this is the one way round, asked for with a reason and told in the
    activity of each product. Rows are the truth: a worker takes those without `done_at`.
    `product`: only this one; None: all. `reached`: every product up to this key is done, so that a
    worker goes on where another one was cut off.
    """

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    first = models.DateField("first day")
    last = models.DateField("last day")
    why = models.CharField("why", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    settings = models.ForeignKey(
        HealthSettings, on_delete=models.PROTECT, null=True, related_name="+"
    )
    days = models.PositiveIntegerField("days worked out", default=0)
    reached = models.BigIntegerField(default=0, editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")),
                name="health_recompute_in_order",
                violation_error_message="The last day must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{short_day(self.first)} to {short_day(self.last)}"
