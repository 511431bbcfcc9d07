"""Who is expected in a session: those with a place, and those who wait for one."""

from __future__ import annotations

from intake.enums import BookingState, WaitingState
from intake.models import Booking, Session, WaitingPlace

STILL_WAITING = (WaitingState.WAITING, WaitingState.OFFERED)


def present_bookings(session: Session) -> list[Booking]:
    """Places that are taken or kept in a session, by slot and seat, with who has them."""
    found = Booking.objects.filter(session=session).exclude(state=BookingState.CANCELLED)
    return list(
        found.select_related(
            "slot", "session__product", "session__host", "user", "request"
        ).order_by("slot__starts_at", "seat")
    )


def waiting_places(session: Session) -> list[WaitingPlace]:
    """Who waits for a place in a session, first come first."""
    found = WaitingPlace.objects.filter(session=session, state__in=STILL_WAITING)
    return list(found.select_related("session__product", "user").order_by("joined_at", "pk"))


def is_expected(session: Session) -> bool:
    """Whether anybody has a place in the session, or waits for one."""
    booked = Booking.objects.filter(session=session).exclude(state=BookingState.CANCELLED)
    waits = WaitingPlace.objects.filter(session=session, state__in=STILL_WAITING)
    return booked.exists() or waits.exists()


def has_traces(session: Session) -> bool:
    """Whether anything hangs on the session that should outlive it, cancelled places included."""
    return session.bookings.exists() or session.waiting.exists() or session.notes.exists()
