"""What somebody has to decide, and what may go wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.audit import audited
from portfolio.enums import DecisionState, RiskState, Severity
from portfolio.models.products import Product
from portfolio.querysets import NeededQuerySet, RiskQuerySet


@audited(exclude=["form_token"])
class DecisionNeeded(models.Model):
    """Something that somebody has to decide before the product can go on: what, who, by when.

    `who` is a name as the team says it; they need no account. `outcome` is what was decided, or why
    it is no longer needed.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="decisions_needed")
    what = models.CharField("what has to be decided", max_length=200)
    who = models.CharField("who decides", max_length=120)
    by_day = models.DateField("by when")
    why = models.TextField("what depends on it", max_length=2000, blank=True, default="")
    state = models.CharField(
        max_length=8, choices=DecisionState, default=DecisionState.OPEN, editable=False
    )
    outcome = models.TextField("what was decided", max_length=2000, blank=True, default="")
    ended_at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = NeededQuerySet.as_manager()

    class Meta:
        verbose_name = "decision needed"
        verbose_name_plural = "decisions needed"
        indexes = [
            models.Index(fields=["product", "state", "by_day"], name="portfolio_needed_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DecisionState.values),
                name="portfolio_needed_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DecisionState.OPEN, ended_at__isnull=True)
                | (~models.Q(state=DecisionState.OPEN) & models.Q(ended_at__isnull=False)),
                name="portfolio_needed_ended_when_not_open",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("portfolio:needed_detail", args=[self.product.slug, self.pk])


@audited(exclude=["form_token"])
class Risk(models.Model):
    """Something that may go wrong: how bad it would be, who looks after it, until when.

    `owner` is a name as the team says it. `until` is the day by which it is looked at again or
    over. `outcome`: what became of it.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="risks")
    what = models.CharField("what may go wrong", max_length=200)
    severity = models.PositiveSmallIntegerField("severity", choices=Severity)
    owner = models.CharField("who looks after it", max_length=120)
    until = models.DateField("until")
    plan = models.TextField("what is done about it", max_length=2000, blank=True, default="")
    state = models.CharField(
        max_length=8, choices=RiskState, default=RiskState.OPEN, editable=False
    )
    outcome = models.TextField("what became of it", max_length=2000, blank=True, default="")
    ended_at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "state", "-severity"], name="portfolio_risk_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values),
                name="portfolio_risk_severity_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RiskState.values), name="portfolio_risk_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=RiskState.OPEN, ended_at__isnull=True)
                | (~models.Q(state=RiskState.OPEN) & models.Q(ended_at__isnull=False)),
                name="portfolio_risk_ended_when_not_open",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("portfolio:risk_detail", args=[self.product.slug, self.pk])
