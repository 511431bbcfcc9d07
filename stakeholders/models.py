"""People, where they stand on the maps of products, and the contacts they had.

Everything but `Person` is confidential-personal: read it through `objects.seen_by(user)` alone.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse

from accounts.models import Department
from core.audit import audited
from core.fields import time_zone_field
from portfolio.models import Product
from stakeholders.enums import (
    Audience,
    ContactKind,
    Mood,
    MoveKind,
    Outcome,
    OwedContact,
    Plan,
    SuggestionKey,
)
from stakeholders.querysets import (
    MoveQuerySet,
    PersonQuerySet,
    PlacementQuerySet,
    ReadQuerySet,
    SnoozeQuerySet,
    SuggestionAnswerQuerySet,
    TouchpointQuerySet,
)
from stakeholders.rules import HIGHEST, MIDDLE

MOST_DAYS = 366


def _scale(name: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(name, default=MIDDLE)


@audited(exclude=["form_token"])
class Person(models.Model):
    """Somebody with a stake in products; `user` is the account they have, if they have one.

    `merged_into`: this record and that one are the same human being; it stands in no list then, and
    its e-mail still keeps its owner from seeing what is about them. `erased_at`: nothing personal
    is left in it. `form_token` is the form that created it.
    """

    name = models.CharField("name", max_length=120)
    email = models.EmailField("e-mail", max_length=254)
    role = models.CharField("role", max_length=120, blank=True, default="")
    department = models.ForeignKey(
        Department,
        verbose_name="department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
    )
    audience = models.CharField(
        "reads best", max_length=10, choices=Audience, default=Audience.BUSINESS
    )
    time_zone = time_zone_field(default="", blank=True)
    locale = models.CharField("language", max_length=10, blank=True, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="account",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="stakeholder",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="stakeholders_person_name_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="stakeholders_person_email_unique",
                violation_error_message="There is already a person with this e-mail address.",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="stakeholders_person_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="stakeholders_person_not_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stakeholders:person_detail", args=[self.pk])


@audited()
class PersonMerge(models.Model):
    """Two records of one human being became one; `moved` are the keys of what went over, by table
    (`{"touchpoint": [3, 4], …}`), so that it can go back.
    """

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="gone_in")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


@audited(exclude=["form_token"])
class Placement(models.Model):
    """Where a person stands on the map of a product. The quadrant is computed, never stored.

    `plan`, `contact` and `every` (days) are set for this person, with `plan_reason`; an empty one
    follows the quadrant. `since` is the day of the placement, in the organisation's time zone.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="placements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="placements")
    involvement = _scale("involvement")
    power = _scale("power")
    note = models.TextField("why here", max_length=2000, blank=True, default="")
    is_pinned = models.BooleanField("pinned", default=False)
    pin_reason = models.CharField("reason", max_length=300, blank=True, default="")
    plan = models.CharField("weekly digest", max_length=10, choices=Plan, blank=True, default="")
    contact = models.CharField(
        "personal contact", max_length=12, choices=OwedContact, blank=True, default=""
    )
    every = models.PositiveSmallIntegerField("every … days", null=True, blank=True)
    plan_reason = models.CharField("reason", max_length=300, blank=True, default="")
    since = models.DateField(editable=False)
    reviewed_on = models.DateField("last reviewed", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "person"], name="stakeholders_placement_once"
            ),
            models.CheckConstraint(
                condition=Q(involvement__lte=HIGHEST, power__lte=HIGHEST),
                name="stakeholders_placement_on_the_map",
            ),
            models.CheckConstraint(
                condition=Q(plan__in=["", *Plan.values]), name="stakeholders_placement_plan_known"
            ),
            models.CheckConstraint(
                condition=Q(contact__in=["", *OwedContact.values]),
                name="stakeholders_placement_contact_known",
            ),
            models.CheckConstraint(
                condition=Q(every__isnull=True) | Q(every__gte=1, every__lte=MOST_DAYS),
                name="stakeholders_placement_every_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on the map of {self.product}"

    def get_absolute_url(self) -> str:
        return reverse("stakeholders:placement_detail", args=[self.product.slug, self.pk])


class Move(models.Model):
    """A place that somebody had on a map from an instant on: append-only, it outlives the place.

    The earlier place is None where they were not on the map, the new one where they were taken off.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="moves")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=8, choices=MoveKind)
    was_involvement = models.PositiveSmallIntegerField(null=True)
    was_power = models.PositiveSmallIntegerField(null=True)
    involvement = models.PositiveSmallIntegerField(null=True)
    power = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = MoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MoveKind.values), name="stakeholders_move_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=MoveKind.REMOVED, involvement__isnull=True, power__isnull=True)
                | Q(involvement__lte=HIGHEST, power__lte=HIGHEST),
                name="stakeholders_move_on_the_map",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "person", "-at"], name="stakeholders_move_last"),
            models.Index(fields=["product", "-at"], name="stakeholders_move_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} at {self.at}"


@audited(exclude=["form_token"])
class Touchpoint(models.Model):
    """A contact with a person about a product, on a day of the organisation's time zone."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="touchpoints")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="touchpoints")
    kind = models.CharField("kind", max_length=12, choices=ContactKind)
    day = models.DateField("day")
    note = models.TextField("note", max_length=2000, blank=True, default="")
    mood = models.SmallIntegerField("mood", choices=Mood, null=True, blank=True)
    outcome = models.CharField(
        "what was remarkable", max_length=10, choices=Outcome, blank=True, default=""
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ContactKind.values), name="stakeholders_touchpoint_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(mood__isnull=True) | Q(mood__in=Mood.values),
                name="stakeholders_touchpoint_mood_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "person", "kind", "-day"], name="stakeholders_touch_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}"


@audited()
class Snooze(models.Model):
    """No debt grows for a person on a map from a day on until another, left out; at most one at a
    time.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="snoozes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="snoozes")
    from_day = models.DateField("from")
    until_day = models.DateField("until")
    reason = models.CharField("reason", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_day__gte=F("from_day")), name="stakeholders_snooze_forward"
            ),
            models.UniqueConstraint(
                fields=["product", "person", "from_day"], name="stakeholders_snooze_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_day} … {self.until_day}"


class SuggestionAnswer(models.Model):
    """What somebody said of a suggestion, and why: append-only; it is silent for a while then."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="suggestion_answers"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="suggestion_answers")
    key = models.CharField(max_length=12, choices=SuggestionKey)
    is_taken = models.BooleanField()
    reason = models.CharField("reason", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = SuggestionAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key__in=SuggestionKey.values), name="stakeholders_suggestion_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {'taken' if self.is_taken else 'not taken'}"


class ConfidentialRead(models.Model):
    """An administrator, who is nothing else to the product, has opened a map or a person:
    append-only.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    user_label = models.CharField(max_length=254)
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=60)
    at = models.DateTimeField()

    objects = ReadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="stakeholders_read_latest")]

    def __str__(self) -> str:
        return f"{self.user_label} read {self.what}"
