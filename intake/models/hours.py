"""Office hours: the pattern, its sessions, their slots, and what was noted in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.audit import audited
from core.fields import time_zone_field
from intake.enums import SessionState
from portfolio.models import Product


def _host() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="host",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )


def _amount(name: str, default: int, least: int, most: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        name, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


@audited()
class Holiday(models.Model):
    """A day on which the organisation does not work: no session falls on it, nothing ages."""

    day = models.DateField("day", unique=True)
    name = models.CharField("name", max_length=120)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name


# The fields of an offering, and those of a weekly pattern, that a team writes.
OFFERED = (
    *("host", "title", "place", "link", "about", "time_zone"),
    *("slot_minutes", "capacity", "deadline_hours"),
)
PATTERN = ("weekdays", "starts_at", "slots", "every_weeks", "first_day", "last_day")


class Offering(models.Model):
    """What a series hands to each of its sessions, and a single session has of its own."""

    host = _host()
    title = models.CharField("title", max_length=120, default="Office hours")
    place = models.CharField("place", max_length=200, blank=True, default="")
    link = models.URLField("link", max_length=500, blank=True, default="")
    about = models.TextField("what it is for", max_length=1000, blank=True, default="")
    time_zone = time_zone_field(default="UTC")
    slot_minutes = _amount("minutes a slot", 20, 5, 240)
    capacity = _amount("people a slot", 1, 1, 50)
    deadline_hours = _amount("book at least … hours before", 2, 0, 336)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True


@audited(exclude=["form_token"])
class Series(Offering):
    """A weekly pattern of sessions, in the wall time of `time_zone`.

    `weekdays` go from 0 (Monday) to 6. Sessions are rows, made some weeks ahead; `made_until` is
    the last day that was looked at.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="series")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="days of the week")
    starts_at = models.TimeField("starts at")
    slots = _amount("slots", 3, 1, 48)
    every_weeks = _amount("every … weeks", 1, 1, 12)
    first_day = models.DateField("from")
    last_day = models.DateField("until", null=True, blank=True)
    made_until = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="intake_series_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@audited(exclude=["form_token"])
class Session(Offering):
    """One meeting in which a product's team hears people; `day` is its date in its time zone.

    A session that was moved keeps the `day` for which its series made it.

    `uid` and `sequence` are those of its calendar entry. A cancelled session stays, so that its
    series does not make it again.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="sessions")
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    day = models.DateField(editable=False)
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    closes_at = models.DateTimeField("booking closes", editable=False)
    state = models.CharField(
        max_length=10, choices=SessionState, default=SessionState.OPEN, editable=False
    )
    cancel_reason = models.CharField("reason", max_length=300, blank=True, default="")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["product", "starts_at"], name="intake_session_of_product"),
            models.Index(fields=["starts_at"], name="intake_session_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="intake_session_once_a_day"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="intake_session_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(state__in=SessionState.values), name="intake_session_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.day}"

    def get_absolute_url(self) -> str:
        return reverse("intake:session_detail", args=[self.product.slug, self.pk])


@audited()
class Slot(models.Model):
    """One stretch of a session that can be booked: the row at which bookings queue."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="intake_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"


@audited(exclude=["form_token"])
class SessionNote(models.Model):
    """Something that was said in a session.

    It is *mapped* once it belongs to a request or is evidence of an opportunity; a session can't be
    closed before all its notes are.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="notes")
    booking = models.ForeignKey(
        "intake.Booking", on_delete=models.SET_NULL, null=True, blank=True, related_name="notes"
    )
    request = models.ForeignKey(
        "intake.Request", on_delete=models.SET_NULL, null=True, blank=True, related_name="notes"
    )
    text = models.TextField("what was said", max_length=4000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    def __str__(self) -> str:
        return self.text[:80]
