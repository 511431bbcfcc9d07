"""Goal-based personas, their goals and tasks, who they are, and how well products serve them.

No field says anything demographic: people are described by what they must get done (domain.md §2).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Department
from core.audit import audited
from personas.enums import FitLevel, GoalKind
from personas.querysets import (
    AudienceCountQuerySet,
    DismissalQuerySet,
    FitQuerySet,
    HeadCountQuerySet,
    PersonaQuerySet,
)
from personas.rules.bounds import MOST_MINUTES, MOST_TIMES
from portfolio.enums import Choice, Exchange
from portfolio.models import Product, Release


@audited(exclude=["form_token"])
class Persona(models.Model):
    """Colleagues who must get the same things done, whatever department they are in.

    `rhythm` goes from 0 (predictable, replenishable work) to 100 (unpredictable, reactive work);
    None: nobody has said. `form_token` is the form that created it.
    """

    name = models.CharField("name", max_length=80)
    tagline = models.CharField("in one line", max_length=200, blank=True, default="")
    rhythm = models.PositiveSmallIntegerField("rhythm", null=True, blank=True)
    pains = models.TextField("pains", max_length=2000, blank=True, default="")
    critical_moment = models.TextField("critical moment", max_length=1000, blank=True, default="")
    world_without = models.TextField("world without them", max_length=1000, blank=True, default="")
    champion = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="champion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="championed_personas",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = PersonaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="personas_persona_name_unique",
                violation_error_message="There is already a persona with this name.",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__isnull=True) | Q(rhythm__lte=100),
                name="personas_persona_rhythm_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("personas:persona_detail", args=[self.pk])


@audited()
class PersonaHeadCount(models.Model):
    """So many people of a department belong to the persona from a day on, until the next count."""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="head_counts")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="persona_head_counts"
    )
    from_date = models.DateField("from")
    head_count = models.PositiveIntegerField("people")

    objects = HeadCountQuerySet.as_manager()

    class Meta:
        verbose_name = "head-count"
        constraints = [
            models.UniqueConstraint(
                fields=["persona", "department", "from_date"], name="personas_headcount_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head_count} from {self.from_date}"


@audited()
class Goal(models.Model):
    """A job story: when … I want to … so that …"""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="goals")
    when = models.CharField("when", max_length=300)
    want = models.CharField("I want to", max_length=300)
    so_that = models.CharField("so that", max_length=300, blank=True, default="")
    kind = models.CharField("kind", max_length=10, choices=GoalKind, default=GoalKind.FUNCTIONAL)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=GoalKind.values), name="personas_goal_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"When {self.when} I want to {self.want}"


@audited()
class Task(models.Model):
    """What people do for a goal: minutes each, times a month and person."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="tasks")
    name = models.CharField("task", max_length=200)
    minutes = models.FloatField("minutes each")
    times_a_month = models.FloatField("times a month")
    is_planned = models.BooleanField("planned", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=MOST_MINUTES)
                & Q(times_a_month__gt=0, times_a_month__lte=MOST_TIMES),
                name="personas_task_amounts_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class PersonaEvidence(models.Model):
    """What somebody saw or heard of real people, which validates the persona for a while."""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="evidence")
    what = models.CharField("what was seen", max_length=500)
    source = models.CharField("where it comes from", max_length=300, blank=True, default="")
    validated_on = models.DateField("seen on")

    class Meta:
        verbose_name = "piece of evidence"
        verbose_name_plural = "pieces of evidence"

    def __str__(self) -> str:
        return self.what


@audited()
class Audience(models.Model):
    """A persona among the people of a product, with the bright-line test put to it alone."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="audiences")
    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="audiences")
    choice = models.CharField("choice", max_length=10, choices=Choice)
    exchange = models.CharField("exchange", max_length=8, choices=Exchange)
    evidence = models.TextField("evidence", max_length=1000, blank=True, default="")
    tested_on = models.DateField("tested on")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "persona"], name="personas_audience_once"),
            models.CheckConstraint(
                condition=Q(choice__in=Choice.values), name="personas_audience_choice_known"
            ),
            models.CheckConstraint(
                condition=Q(exchange__in=Exchange.values), name="personas_audience_exchange_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persona} in {self.product}"


@audited()
class AudienceCount(models.Model):
    """So many people of an audience from a day on, until the next count."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="counts")
    from_date = models.DateField("from")
    head_count = models.PositiveIntegerField("people")

    objects = AudienceCountQuerySet.as_manager()

    class Meta:
        verbose_name = "head-count of an audience"
        verbose_name_plural = "head-counts of audiences"
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "from_date"], name="personas_audiencecount_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head_count} from {self.from_date}"


@audited()
class Fit(models.Model):
    """How well a product serves a goal, 0 none … 4 delights, with evidence and day."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="fits")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="fits")
    level = models.PositiveSmallIntegerField("fit", choices=FitLevel)
    evidence = models.TextField("evidence", max_length=1000, blank=True, default="")
    judged_on = models.DateField("judged on")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FitQuerySet.as_manager()

    class Meta:
        verbose_name = "judgement of fit"
        verbose_name_plural = "judgements of fit"
        constraints = [
            models.UniqueConstraint(fields=["product", "goal"], name="personas_fit_once"),
            models.CheckConstraint(
                condition=Q(level__in=FitLevel.values), name="personas_fit_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} for {self.goal_id}: {self.level}"


class Dismissal(models.Model):
    """Somebody has looked at an overlap of two and said why it is none; silent for 180 days.

    `first` is always the smaller key, so that a pair has one row.
    """

    reason = models.CharField("reason", max_length=500)
    dismissed_on = models.DateField("dismissed on")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = DismissalQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reason


@audited()
class SharedPersonaDismissal(Dismissal):
    """Why two personas are not one, although they do the same."""

    first = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="dismissals")
    second = models.ForeignKey(
        Persona, on_delete=models.CASCADE, related_name="dismissals_as_second"
    )

    class Meta:
        verbose_name = "dismissed overlap of personas"
        verbose_name_plural = "dismissed overlaps of personas"
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="personas_sharedpersona_dismissed_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="personas_sharedpersona_in_order"
            ),
        ]


@audited()
class DuplicateDismissal(Dismissal):
    """Why two products are no duplicates, although they serve the same goals."""

    first = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="dismissed_duplicates"
    )
    second = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="dismissed_duplicates_as_second"
    )

    class Meta:
        verbose_name = "dismissed duplicate"
        verbose_name_plural = "dismissed duplicates"
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="personas_duplicate_dismissed_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="personas_duplicate_in_order"
            ),
        ]


@audited()
class ReleasePersona(models.Model):
    """A release note that is above all for a persona."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="personas")
    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="releases")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "persona"], name="personas_releasepersona_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} for {self.persona_id}"
