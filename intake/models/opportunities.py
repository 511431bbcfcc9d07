"""Opportunities: problems worth solving, what speaks for them, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.audit import audited
from intake.enums import CandidateKind, Decision
from intake.models.hours import SessionNote
from intake.models.requests import LANGUAGE, Request
from intake.models.research import FieldNote
from intake.querysets import OpportunityQuerySet
from kpis.models import Kpi
from personas.models import Goal
from portfolio.models import Product, Release


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )


@audited(exclude=["form_token", "search"])
class Opportunity(models.Model):
    """A problem in one sentence, with what speaks for solving it.

    `alignment` (0–3, against the product's mission) is written with a why. The decision stands here
    and, with all before it, in `decisions`. `built_as_asked`: what shipped is what somebody asked
    for, as they asked for it. `merged_into`: the same problem as that one.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="opportunities")
    problem = models.CharField("the problem in one sentence", max_length=300)
    why = models.TextField("why it matters", max_length=4000, blank=True, default="")
    alignment = models.PositiveSmallIntegerField("alignment", null=True, blank=True)
    alignment_why = models.CharField("why", max_length=500, blank=True, default="")
    decision = models.CharField(
        max_length=5, choices=Decision, blank=True, default="", editable=False
    )
    decision_reason = models.TextField("reason", max_length=2000, blank=True, default="")
    is_favour = models.BooleanField("accepted as a favour", default=False, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    position = models.FloatField(default=0, editable=False)
    shipped_at = models.DateTimeField(null=True, editable=False)
    built_as_asked = models.BooleanField(default=False, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
    )
    by = _by()
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    search = models.GeneratedField(
        expression=SearchVector("problem", "why", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        indexes = [
            models.Index(fields=["product", "decision", "position"], name="intake_opp_board"),
            GinIndex(fields=["search"], name="intake_opp_search"),
            GinIndex(
                fields=["problem"], opclasses=["gin_trgm_ops"], name="intake_opp_problem_trgm"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["", *Decision.values]), name="intake_opp_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="") | ~Q(decision_reason=""),
                name="intake_opp_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(alignment__isnull=True) | (Q(alignment__lte=3) & ~Q(alignment_why="")),
                name="intake_opp_alignment_with_a_why",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="intake_opp_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.problem

    def get_absolute_url(self) -> str:
        return reverse("intake:opportunity_detail", args=[self.product.slug, self.pk])


@audited()
class RequestLink(models.Model):
    """A request is about this problem; one request may be about several."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="links")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="links")
    by = _by()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "opportunity"], name="intake_requestlink_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} in {self.opportunity_id}"


@audited()
class OpportunityGoal(models.Model):
    """A goal of a persona that the problem stands in the way of."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="goals")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="opportunities")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "goal"], name="intake_oppgoal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} in {self.opportunity_id}"


@audited()
class Evidence(models.Model):
    """What speaks for an opportunity besides requests: exactly one of the three."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="evidence")
    note = models.ForeignKey(
        SessionNote, on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    field_note = models.ForeignKey(
        FieldNote, on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    kpi = models.ForeignKey(
        Kpi, on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    why = models.CharField("what it shows", max_length=500, blank=True, default="")
    by = _by()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "piece of evidence"
        verbose_name_plural = "pieces of evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "note"], name="intake_evidence_note_once"
            ),
            models.UniqueConstraint(
                fields=["opportunity", "field_note"], name="intake_evidence_fieldnote_once"
            ),
            models.UniqueConstraint(fields=["opportunity", "kpi"], name="intake_evidence_kpi_once"),
            models.CheckConstraint(
                condition=Q(note__isnull=False, field_note__isnull=True, kpi__isnull=True)
                | Q(note__isnull=True, field_note__isnull=False, kpi__isnull=True)
                | Q(note__isnull=True, field_note__isnull=True, kpi__isnull=False),
                name="intake_evidence_exactly_one",
            ),
        ]

    def __str__(self) -> str:
        return self.why or f"Evidence {self.pk}"


class OpportunityDecision(models.Model):
    """Each decision as it was taken, with what was known then: append-only.

    `people` and `has_independent` are those of that moment.
    """

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="decisions")
    decision = models.CharField(max_length=5, choices=Decision)
    reason = models.TextField()
    is_favour = models.BooleanField(default=False)
    favour_reason = models.TextField(blank=True, default="")
    people = models.PositiveIntegerField()
    has_independent = models.BooleanField()
    by = _by()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="now") | Q(has_independent=True) | Q(is_favour=True),
                name="intake_decision_now_is_gated",
            ),
            models.CheckConstraint(
                condition=Q(is_favour=False) | ~Q(favour_reason=""),
                name="intake_decision_favour_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.decision}"


@audited()
class Candidate(models.Model):
    """A way to solve the problem. The first three are blanks until somebody thinks about them."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="candidates"
    )
    kind = models.CharField("kind", max_length=8, choices=CandidateKind)
    what = models.TextField("what it would mean", max_length=2000, blank=True, default="")
    is_chosen = models.BooleanField("chosen", default=False)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=CandidateKind.values), name="intake_candidate_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@audited()
class OpportunityMerge(models.Model):
    """Two opportunities were one problem; `moved` are the keys of what went over, by table."""

    kept = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="gone_in")
    moved = models.JSONField(default=dict)
    by = _by()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


@audited()
class ReleasedOpportunity(models.Model):
    """A release solves this problem. `told_at`: the people behind it have been told."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="opportunities")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="releases")
    built_as_asked = models.BooleanField("built exactly as asked for", default=False)
    by = _by()
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "opportunity"], name="intake_releasedopp_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} in {self.release_id}"
