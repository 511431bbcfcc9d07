"""Experiments on opportunities: criteria before the start, an end that can be put off twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.audit import audited
from intake.enums import ExperimentOutcome
from intake.models.opportunities import Opportunity


@audited(exclude=["form_token"])
class Experiment(models.Model):
    """Something tried to learn whether a solution works. Once started, its criteria stay."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="experiments"
    )
    what = models.TextField("what we try", max_length=2000)
    criteria = models.TextField("it worked if", max_length=2000)
    ends_on = models.DateField("ends on")
    started_on = models.DateField("started on", null=True, editable=False)
    outcome = models.CharField(
        max_length=8, choices=ExperimentOutcome, blank=True, default="", editable=False
    )
    learned = models.TextField("what we learned", max_length=4000, blank=True, default="")
    ended_at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ends_on__gte=F("started_on")),
                name="intake_experiment_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True)
                | (~Q(outcome="") & ~Q(learned="") & Q(ended_at__isnull=False)),
                name="intake_experiment_ended_with_a_lesson",
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]


@audited()
class ExperimentExtension(models.Model):
    """The end of an experiment was put off; `number` is 1 or 2, so it can't happen thrice."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    until = models.DateField("until")
    reason = models.CharField("reason", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="intake_extension_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=2), name="intake_extension_at_most_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"until {self.until}"
