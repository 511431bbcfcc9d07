"""Whose places in office hours."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, Request, WaitingPlace
from portfolio.models import Product

PRESENT = (BookingState.BOOKED, BookingState.OFFERED)


def _of(user: User) -> QuerySet[Booking]:
    rows = Booking.objects.filter(user=user)
    return rows.select_related("session__product", "session__host", "slot", "request")


def bookings_ahead(user: User, now: dt.datetime) -> QuerySet[Booking]:
    """Places that the person has or is offered, soonest first."""
    return _of(user).filter(_ahead(now)).order_by("slot__starts_at", "pk")


def bookings_past(user: User, now: dt.datetime) -> QuerySet[Booking]:
    """Places that are over or were cancelled, newest first."""
    return _of(user).exclude(_ahead(now)).order_by("-slot__starts_at", "-pk")


def _ahead(now: dt.datetime) -> Q:
    is_open = Q(session__state=SessionState.OPEN, slot__ends_at__gt=now)
    return is_open & Q(state__in=PRESENT)


def waits_of(user: User, now: dt.datetime) -> QuerySet[WaitingPlace]:
    """Sessions to come for which the person waits, soonest first; an offer is a booking."""
    waits = WaitingPlace.objects.filter(user=user, state=WaitingState.WAITING)
    return (
        waits.filter(session__state=SessionState.OPEN, session__ends_at__gt=now)
        .select_related("session__product")
        .order_by("session__starts_at", "pk")
    )


def own_request(user: User, product: Product, reference: str) -> Request | None:
    """The request of this product that the person stands behind, by its reference."""
    if not reference:
        return None
    return Request.objects.of(user).filter(product=product, reference=reference).first()


def booking_of_form(user: User, token: str) -> Booking | None:
    """What the form with this token has booked already: it was sent twice."""
    try:
        uid = UUID(token)
    except ValueError:
        return None
    return Booking.objects.filter(user=user, form_token=uid).first()
