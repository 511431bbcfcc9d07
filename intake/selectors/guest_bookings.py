"""The private address at which somebody without an account finds their place in office hours."""

from __future__ import annotations

import re
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from intake.models import Booking

_TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{40})")
_SALT = "intake.booking"


def booking_token(booking: Booking) -> str:
    """What stands in a guest's address: the booking, and that we wrote it.

    It ends with the private addresses of the request that it is about.
    """
    return f"{booking.uid.hex}{_signature(booking)}"


def booking_of(token: str) -> Booking | None:
    """The guest's booking behind a token; None where it opens nothing (any more).

    Nobody who has an account, or has been erased, comes in this way.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    guests = Booking.objects.filter(uid=UUID(found[1]), user=None)
    rows = guests.exclude(email="").exclude(email__endswith="@invalid")
    booking = rows.select_related(
        "session__product", "session__host", "slot", "request", "user"
    ).first()
    if booking is None or not constant_time_compare(found[2], _signature(booking)):
        return None
    return booking


def _signature(booking: Booking) -> str:
    epoch = booking.request.follow_epoch if booking.request else 0
    signed = f"{booking.uid.hex}.{epoch}.{booking.email.lower()}"
    return salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()[:40]
