"""How a session ends: cancelled with a reason, or closed once all that was said has its place."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from accounts.models import User
from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, Session, SessionNote, WaitingPlace
from intake.selectors.expected import present_bookings, waiting_places
from intake.selectors.notes import unmapped_notes
from intake.services.session_mail import tell_of_cancelling
from intake.services.sessions import SessionOver, tell
from intake.services.slots import locked_session


class NotesUnmapped(Exception):
    """A session can't be closed while a note has neither a request nor an opportunity."""

    def __init__(self, notes: list[SessionNote]) -> None:
        super().__init__(f"{len(notes)} notes")
        self.notes = notes


class NotYet(Exception):
    """The session has not begun."""


@transaction.atomic
def cancel_session(*, session_id: int, reason: str, by: User, now: dt.datetime) -> Session:
    """Cancel a session: all its places with it; everybody with a place or waiting is told why.

    Twice is once.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it is closed.
    """
    session = locked_session(session_id)
    if session.state == SessionState.CANCELLED:
        return session
    if session.state == SessionState.CLOSED:
        raise SessionOver
    bookings, waiting = present_bookings(session), waiting_places(session)
    Session.objects.filter(pk=session.pk).update(
        state=SessionState.CANCELLED,
        cancel_reason=reason,
        sequence=F("sequence") + 1,
        version=F("version") + 1,
    )
    session.state, session.cancel_reason = SessionState.CANCELLED, reason
    for booking in bookings:
        _free(booking, session)
    _send_home(session)
    tell_of_cancelling(session, bookings=bookings, waiting=waiting, now=now)
    tell(session, "cancelled", by, now)
    session.refresh_from_db(fields=["sequence", "version"])
    return session


def _free(booking: Booking, session: Session) -> None:
    booking.session = session
    booking.state, booking.held_until = BookingState.CANCELLED, None
    booking.sequence += 1
    booking.version += 1
    booking.save(update_fields=["state", "held_until", "sequence", "version"])


def _send_home(session: Session) -> None:
    """Nobody waits for a place that there will not be."""
    here = WaitingPlace.objects.filter(
        session=session, state__in=[WaitingState.WAITING, WaitingState.OFFERED]
    )
    here.update(state=WaitingState.LAPSED)


@transaction.atomic
def close_session(*, session_id: int, by: User, now: dt.datetime) -> Session:
    """Close a session that has begun: who had a place has come, unless marked otherwise.

    Twice is once.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it was cancelled.
        NotYet: it has not begun.
        NotesUnmapped: a note has neither a request nor an opportunity.
    """
    session = locked_session(session_id)
    if session.state == SessionState.CLOSED:
        return session
    if session.state == SessionState.CANCELLED:
        raise SessionOver
    if now < session.starts_at:
        raise NotYet
    if left := unmapped_notes(session):
        raise NotesUnmapped(left)
    here = Booking.objects.filter(session=session)
    here.filter(state=BookingState.BOOKED).update(
        state=BookingState.ATTENDED, version=F("version") + 1
    )
    here.filter(state=BookingState.OFFERED).update(
        state=BookingState.CANCELLED, held_until=None, version=F("version") + 1
    )
    _send_home(session)
    session.state, session.closed_at = SessionState.CLOSED, now
    session.version += 1
    session.save(update_fields=["state", "closed_at", "version"])
    tell(session, "closed", by, now)
    return session
