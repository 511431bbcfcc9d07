"""Reminding visitors of the place they have tomorrow: once, however often the clock asks."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from intake.models import Booking
from intake.selectors.due_bookings import reminders_due
from intake.services import booking_mail
from intake.services.seats import REMINDER_AHEAD

BATCH = 100


@transaction.atomic
def send_reminders(*, now: dt.datetime, limit: int = BATCH) -> int:
    """Remind at most `limit` visitors; how many. Mail and mark are written together."""
    rows = reminders_due(now, REMINDER_AHEAD).select_related(
        "session__product", "session__host", "slot", "user", "request"
    )
    due = list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])
    for booking in due:
        booking_mail.tell(booking, booking_mail.REMINDER, now=now)
    Booking.objects.filter(pk__in=[booking.pk for booking in due]).update(reminded_at=now)
    return len(due)
