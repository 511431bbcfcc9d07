"""In which time zone somebody who comes to office hours reads."""

from __future__ import annotations

from intake.models import Booking, WaitingPlace


def zone_of_visitor(visitor: Booking | WaitingPlace) -> str:
    """As they booked, else their own, else the session's."""
    own = visitor.user.time_zone if visitor.user else ""
    return visitor.time_zone or own or visitor.session.time_zone
