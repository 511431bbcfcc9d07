"""Everything that a host sees of one session, in a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass

from intake.enums import BookingState
from intake.models import Booking, Holiday, Session, SessionNote, Slot
from intake.selectors.expected import STILL_WAITING
from intake.selectors.holidays import local_day
from intake.selectors.notes import notes_of


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with its slots, who comes, what was noted, and who waits."""

    session: Session
    slots: list[Slot]
    bookings: list[Booking]
    notes: list[SessionNote]
    waiting: int
    holiday: str


def session_view(session: Session) -> SessionView:
    """The session with all that hangs on it."""
    bookings = Booking.objects.filter(session=session).exclude(state=BookingState.CANCELLED)
    holiday = Holiday.objects.filter(day=local_day(session)).first()
    return SessionView(
        session=session,
        slots=list(session.slots.all()),
        bookings=list(bookings.select_related("request").order_by("slot_id", "seat")),
        notes=notes_of(session),
        waiting=session.waiting.filter(state__in=STILL_WAITING).count(),
        holiday=holiday.name if holiday else "",
    )
