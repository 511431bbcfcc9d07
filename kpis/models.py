"""The metric catalogue, KPIs, exemptions, and the partitioned table of measurements."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from core.audit import audited
from kpis.enums import (
    Aggregation,
    AnnotationKind,
    Direction,
    ExemptionState,
    Group,
    Source,
)
from kpis.querysets import ExemptionQuerySet, KpiQuerySet, MeasurementQuerySet, MetricQuerySet
from kpis.rules import Bounds
from portfolio.enums import Stage
from portfolio.models import Product

_INFINITY = float("inf")


def _finite_or_empty(field: str) -> models.Q:
    """Neither NaN (which PostgreSQL sorts above infinity) nor an infinity."""
    is_finite = models.Q(**{f"{field}__gt": -_INFINITY, f"{field}__lt": _INFINITY})
    return models.Q(**{f"{field}__isnull": True}) | is_finite


@audited()
class Metric(models.Model):
    """A catalogue entry: what a number means and how days become a current value."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("name", max_length=80)
    unit = models.CharField("unit", max_length=20, blank=True, default="")
    definition = models.TextField("definition", max_length=2000, blank=True, default="")
    lower = models.FloatField("smallest value", null=True, blank=True)
    upper = models.FloatField("largest value", null=True, blank=True)
    direction = models.CharField("direction", max_length=4, choices=Direction)
    aggregation = models.CharField("aggregation", max_length=13, choices=Aggregation)
    window_days = models.PositiveSmallIntegerField(
        "window in days",
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    group = models.CharField("group", max_length=12, choices=Group)
    cadence = models.PositiveSmallIntegerField(
        "measured every … days",
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(731)],
    )
    is_head_count = models.BooleanField("counts people", default=False)
    is_builtin = models.BooleanField(default=False, editable=False)

    objects = MetricQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lower__isnull=True)
                | models.Q(upper__isnull=True)
                | models.Q(lower__lt=models.F("upper")),
                name="kpis_metric_bounds_in_order",
                violation_error_message="The largest value must be above the smallest.",
            ),
            models.CheckConstraint(
                condition=_finite_or_empty("lower") & _finite_or_empty("upper"),
                name="kpis_metric_bounds_finite",
            ),
            models.CheckConstraint(
                condition=models.Q(window_days__gte=1) & models.Q(cadence__gte=1),
                name="kpis_metric_days_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=Direction.values),
                name="kpis_metric_direction_known",
            ),
            models.CheckConstraint(
                condition=models.Q(aggregation__in=Aggregation.values),
                name="kpis_metric_aggregation_known",
            ),
            models.CheckConstraint(
                condition=models.Q(group__in=Group.values), name="kpis_metric_group_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kpis:metric_detail", args=[self.code])

    @property
    def bounds(self) -> Bounds:
        """The values this metric accepts."""
        return Bounds(lower=self.lower, upper=self.upper)


@audited()
class Kpi(models.Model):
    """A metric on a product, with the plan it is held to."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="kpis")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="kpis")
    baseline = models.FloatField("baseline", null=True, blank=True)
    baseline_date = models.DateField("baseline date", null=True, blank=True)
    target = models.FloatField("target", null=True, blank=True)
    target_date = models.DateField("target date", null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        "weight", default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    cadence = models.PositiveSmallIntegerField(
        "measured every … days", validators=[MinValueValidator(1), MaxValueValidator(731)]
    )
    is_guardrail = models.BooleanField("guardrail", default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="owner",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="kpis",
    )
    next_review = models.DateField("next review", null=True, blank=True)
    if_it_drops = models.TextField(
        "what will you do if it drops?", max_length=1000, blank=True, default=""
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_on = models.DateField(editable=False)

    objects = KpiQuerySet.as_manager()

    class Meta:
        verbose_name = "KPI"
        verbose_name_plural = "KPIs"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "metric"],
                name="kpis_kpi_once",
                violation_error_message="This product already has a KPI for this metric.",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gte=1) & models.Q(weight__lte=5),
                name="kpis_kpi_weight_1_to_5",
            ),
            models.CheckConstraint(condition=models.Q(cadence__gte=1), name="kpis_kpi_cadence"),
            models.CheckConstraint(
                condition=_finite_or_empty("baseline") & _finite_or_empty("target"),
                name="kpis_kpi_plan_finite",
            ),
            models.CheckConstraint(
                condition=models.Q(target_date__isnull=True)
                | models.Q(baseline_date__isnull=True)
                | models.Q(target_date__gt=models.F("baseline_date")),
                name="kpis_kpi_target_after_baseline",
                violation_error_message="The target date must be after the baseline date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.product}"

    def get_absolute_url(self) -> str:
        return reverse("kpis:kpi_detail", args=[self.product.slug, self.pk])


@audited()
class SegmentWeight(models.Model):
    """How much a segment counts when a day has no value for everyone (default 1)."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="segment_weights")
    segment = models.CharField("segment", max_length=80)
    weight = models.FloatField("weight", default=1, validators=[MinValueValidator(0)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kpi", "segment"], name="kpis_segmentweight_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0) & models.Q(weight__lt=_INFINITY),
                name="kpis_segmentweight_finite",
            ),
            models.CheckConstraint(
                condition=~models.Q(segment=""), name="kpis_segmentweight_not_everyone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment}: {self.weight:g}"


@audited()
class Exemption(models.Model):
    """Days (both ends included) on which a KPI counts neither for nor against the product."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="exemptions")
    reason = models.CharField("reason", max_length=500)
    # Only what is approved counts. Whoever may edit asks, whoever may manage decides.
    state = models.CharField(
        max_length=8, choices=ExemptionState, default=ExemptionState.APPROVED, editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )
    answer = models.CharField("answer", max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True, editable=False)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="approved by",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField(editable=False)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="kpis_exemption_in_order",
                violation_error_message="The last day must not be before the first.",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ExemptionState.values),
                name="kpis_exemption_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} exempt {self.starts_on} to {self.ends_on}"


@audited(exclude=["form_token"])
class Annotation(models.Model):
    """Something that happened on a day and explains a chart: of one KPI, or of all of a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="annotations")
    kpi = models.ForeignKey(
        Kpi, on_delete=models.CASCADE, null=True, blank=True, related_name="annotations"
    )
    day = models.DateField("day")
    kind = models.CharField("what it was", max_length=14, choices=AnnotationKind)
    text = models.CharField("what happened", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["product", "day"], name="kpis_annotation_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AnnotationKind.values),
                name="kpis_annotation_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.text}"


@audited()
class KpiReview(models.Model):
    """That a team went through its KPIs in a stage (essay 002).

    One is due from the day on which the stage changed until there is a review of that stage since
    (`stages.is_review_due`); a product in its first stage needs none.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="kpi_reviews")
    stage = models.CharField("stage", max_length=10, choices=Stage)
    done_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField("what was decided", max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["product", "-done_at"], name="kpis_review_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="kpis_review_stage_known"
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.product_id} in {self.stage}"


class Measurement(models.Model):
    """One value of a KPI on a day of the organisation's time zone, for one segment.

    The table is partitioned by date and made by `RunSQL` (migration 0002); parents and bounds are
    checked per statement by a trigger, and updates and deletes are kept in `MeasurementChange` by
    another. It has no other index than its key and no foreign key, so that a million rows load at
    the speed of COPY. `entered_by` defaults to the person in the history context.
    """

    pk = models.CompositePrimaryKey("kpi_id", "date", "segment")
    kpi = models.ForeignKey(
        Kpi,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="measurements",
        db_index=False,
    )
    date = models.DateField("date")
    segment = models.CharField("segment", max_length=80, blank=True, default="")
    value = models.FloatField("value")
    sample_size = models.PositiveIntegerField("sample size", null=True, blank=True)
    source = models.CharField("source", max_length=8, choices=Source, default=Source.FORM)
    note = models.CharField("note", max_length=500, blank=True, default="")
    entered_by = models.BigIntegerField(
        null=True, db_default=models.Func(function="kpis_current_actor")
    )
    entered_at = models.DateTimeField(db_default=Now())
    import_run = models.BigIntegerField(null=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        db_table = "kpis_measurement"

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.date} {self.segment or 'everyone'}: {self.value:g}"


class MeasurementChange(models.Model):
    """A measurement as it was before it was changed or deleted; written by a trigger alone."""

    id = models.BigAutoField(primary_key=True)
    kpi_id = models.BigIntegerField()
    date = models.DateField()
    segment = models.CharField(max_length=80)
    operation = models.CharField(max_length=6)  # "update" or "delete"
    before = models.JSONField()
    after = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True)
    context_id = models.UUIDField(null=True)
    database_user = models.CharField(max_length=63)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kpi_id", "-at"], name="kpis_change_by_kpi")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.operation} of {self.kpi_id} {self.date} {self.segment or 'everyone'}"


class WithdrawnKpi(models.Model):
    """A KPI that came by an import which was taken back: it never was, so the past forgets it.

    Written by the undo of the import. A roll-up drops these KPIs from the plans that snapshots
    stored, so that they become what they were before.
    """

    kpi_id = models.BigIntegerField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    import_run = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"KPI {self.kpi_id} of product {self.product_id}"
