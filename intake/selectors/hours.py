"""A product's sessions of office hours as lists show them, with their free places."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Organisation, User
from accounts.selectors import organisation
from intake.enums import BookingState, SessionState
from intake.models import Booking, Session, Slot
from portfolio.models import Product


def zone_of(user: User) -> str:
    """The time zone in which this person reads times: their own, else the organisation's."""
    return user.time_zone or organisation().time_zone


def with_places(sessions: QuerySet[Session]) -> QuerySet[Any]:
    """With `places` (all there are), `taken` and `free`, counted by the database."""
    slots = _counted(Slot.objects.filter(session=OuterRef("pk")))
    seats = Booking.objects.filter(session=OuterRef("pk")).exclude(state=BookingState.CANCELLED)
    return sessions.annotate(places=F("capacity") * slots, taken=_counted(seats)).annotate(
        free=Greatest(F("places") - F("taken"), Value(0))
    )


def _counted(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("session").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def sessions_ahead(product: Product, user: User, now: dt.datetime) -> QuerySet[Session]:
    """Open sessions that have not ended, soonest first; `own_booking` is the person's seat there.

    `own_booking` is the booking's address (`uid`), or None.
    """
    own = Booking.objects.filter(session=OuterRef("pk"), user=user).exclude(
        state=BookingState.CANCELLED
    )
    found = Session.objects.filter(product=product, ends_at__gt=now, state=SessionState.OPEN)
    return (
        with_places(found)
        .select_related("host")
        .annotate(own_booking=Subquery(own.values("uid")[:1]))
        .order_by("starts_at", "pk")
    )


def sessions_past(product: Product, now: dt.datetime) -> QuerySet[Session]:
    """Sessions that have ended or were cancelled, newest first, with `open_notes` in each."""
    unmapped = Q(notes__isnull=False, notes__request__isnull=True, notes__evidence__isnull=True)
    found = Session.objects.filter(product=product).exclude(
        state=SessionState.OPEN, ends_at__gt=now
    )
    return (
        with_places(found)
        .select_related("host")
        .annotate(open_notes=Count("notes", filter=unmapped, distinct=True))
        .order_by("-starts_at", "-pk")
    )


def free_sessions(product: Product, now: dt.datetime) -> QuerySet[Any]:
    """Sessions that still take bookings and have a place, soonest first."""
    found = Session.objects.filter(product=product, closes_at__gt=now, state=SessionState.OPEN)
    free = with_places(found).filter(free__gt=0)
    return free.select_related("product").order_by("starts_at", "pk")


def next_session(product: Product, now: dt.datetime) -> Session | None:
    """The soonest session that still takes bookings and has a place; one query.

    `organisation_zone` is on it, for readers without a zone of their own.
    """
    zone = Organisation.objects.filter(pk=1).values("time_zone")
    found = free_sessions(product, now)
    return found.annotate(organisation_zone=Subquery(zone, output_field=CharField())).first()
