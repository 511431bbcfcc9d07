"""Seats in slots, and those who wait for one."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.audit import audited
from core.fields import time_zone_field
from intake.enums import BookingState, WaitingState
from intake.models.hours import Session, Slot

# In these a seat is free again.
GONE = (BookingState.CANCELLED.value,)


class Visitor(models.Model):
    """Somebody who comes to office hours: by account, or by name and e-mail alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField("name", max_length=120)
    email = models.EmailField("e-mail", max_length=254)
    time_zone = time_zone_field(default="", blank=True)
    request = models.ForeignKey(
        "intake.Request",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


@audited(exclude=["form_token"])
class Booking(Visitor):
    """A seat in a slot. The unique seat of a slot is what keeps two from the same place.

    Moving changes its slot. `uid` and `sequence` are those of its calendar entry. `held_until`: an
    offer from the waiting list keeps the seat until then.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="bookings")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="bookings")
    seat = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.BOOKED)
    held_until = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "seat"],
                condition=~Q(state__in=GONE),
                name="intake_booking_one_to_a_seat",
            ),
            models.UniqueConstraint(
                fields=["session", "user"],
                condition=~Q(state__in=GONE) & Q(user__isnull=False),
                name="intake_booking_one_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BookingState.values), name="intake_booking_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="offered", held_until__isnull=False)
                | (~Q(state="offered") & Q(held_until__isnull=True)),
                name="intake_booking_held_while_offered",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("intake:booking_detail", args=[self.uid])


@audited(exclude=["form_token"])
class WaitingPlace(Visitor):
    """Somebody would come if a seat became free; `booking` is the seat that was kept for them."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="waiting")
    state = models.CharField(max_length=10, choices=WaitingState, default=WaitingState.WAITING)
    booking = models.OneToOneField(
        Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="waited"
    )
    joined_at = models.DateTimeField(editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"],
                condition=Q(state__in=["waiting", "offered"]) & Q(user__isnull=False),
                name="intake_waitingplace_one_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WaitingState.values), name="intake_waitingplace_state_known"
            ),
        ]
