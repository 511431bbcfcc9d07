"""What the clock has to do about bookings."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet

from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, Session
from intake.selectors.hours import with_places


def sessions_with_offers_due(now: dt.datetime) -> list[int]:
    """Sessions with an offer whose time is over, or with a free seat that somebody waits for."""
    lapsed = Booking.objects.filter(state=BookingState.OFFERED, held_until__lte=now)
    waited_for = (
        with_places(Session.objects.filter(state=SessionState.OPEN, closes_at__gt=now))
        .filter(free__gt=0, waiting__state=WaitingState.WAITING)
        .order_by()
    )
    over = set(lapsed.values_list("session_id", flat=True))
    return sorted(over | set(waited_for.values_list("pk", flat=True)))


def reminders_due(now: dt.datetime, ahead: dt.timedelta) -> QuerySet[Booking]:
    """Places of the next `ahead` that were booked before that, and nobody was reminded of."""
    return Booking.objects.filter(
        Q(user__isnull=True) | Q(user__is_active=True),
        state=BookingState.BOOKED,
        reminded_at__isnull=True,
        session__state=SessionState.OPEN,
        slot__starts_at__gt=now,
        slot__starts_at__lte=now + ahead,
        created_at__lte=F("slot__starts_at") - ahead,
    ).order_by("pk")
