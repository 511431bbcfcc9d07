"""Office hours as calendar files: a visitor's entry, and the sessions of feeds.

An entry keeps its UID for life; every change counts its SEQUENCE up, by which a calendar knows the
newer one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from core import calendars
from core.calendars import CANCEL, PUBLISH, REQUEST, Party, calendar_file
from core.emails import absolute
from core.mail import MailFile
from intake.enums import BookingState, SessionState
from intake.models import Booking, Session
from intake.presenters.addresses import booking_address

FILE_NAME = "office-hours.ics"
REFRESH = dt.timedelta(hours=1)


def entry(booking: Booking, method: str = REQUEST, *, now: dt.datetime) -> bytes:
    """The file that puts a booking into its visitor's calendar, or takes it out (`CANCEL`);
    `PUBLISH` is for downloading it.

    `now` is when the booking was last changed. A booking or session that was cancelled says so
    whatever the method.
    """
    session, slot = booking.session, booking.slot
    said = _method(booking, method)
    written = calendars.Entry(
        uid=f"{booking.uid}@homegrown",
        starts=slot.starts_at,
        ends=slot.ends_at,
        stamp=now,
        summary=_title(session),
        sequence=booking.sequence,
        is_cancelled=said == CANCEL,
        location=_location(session),
        url=booking_address(booking),
        description=_description(session, booking_address(booking)),
        organiser=_organiser(session),
        attendee=None if said == PUBLISH else Party(booking.name, booking.email),
    )
    return calendar_file([written], method=said)


def mail_file(booking: Booking, method: str = REQUEST, *, now: dt.datetime) -> MailFile:
    """The entry as a mail carries it: a calendar reads the method from the part's header too."""
    data, said = entry(booking, method, now=now), _method(booking, method)
    return MailFile(FILE_NAME, "text/calendar", data, {"method": said})


def public_entry(session: Session) -> calendars.Entry:
    """A session in the feed of a product: no visitor, and no address of a call, which is told to
    whoever comes.
    """
    page = reverse("intake:session_list", args=[session.product.slug])
    return _session_entry(session, session.place, page, [session.about])


def host_entry(session: Session, bookings: Iterable[Booking]) -> calendars.Entry:
    """A session in the feed of its host: who comes when, with which request."""
    lines = [_line(session, booking) for booking in bookings]
    page = session.get_absolute_url()
    return _session_entry(session, _location(session), page, [*lines, *_about(session)])


def _session_entry(session: Session, location: str, page: str, lines: list[str]) -> calendars.Entry:
    return calendars.Entry(
        uid=f"{session.uid}@homegrown",
        starts=session.starts_at,
        ends=session.ends_at,
        # Stable, so that the same sessions are the same bytes: SEQUENCE tells of a change.
        stamp=session.created_at,
        summary=_title(session),
        sequence=session.sequence,
        is_cancelled=session.state == SessionState.CANCELLED,
        location=location,
        url=absolute(page),
        description="\n".join(lines),
    )


def session_feed(name: str, entries: Iterable[calendars.Entry]) -> bytes:
    """The calendar `name` that programs read again and again."""
    return calendar_file(entries, name=name, refresh=REFRESH)


def _method(booking: Booking, method: str) -> str:
    is_over = (
        booking.state == BookingState.CANCELLED or booking.session.state == SessionState.CANCELLED
    )
    return CANCEL if is_over else method


def _line(session: Session, booking: Booking) -> str:
    """In the session's own zone, which its host goes by."""
    starts = booking.slot.starts_at.astimezone(ZoneInfo(session.time_zone))
    reference = f" ({booking.request.reference})" if booking.request else ""
    return f"{starts:%H:%M}: {booking.name}{reference}"


def _title(session: Session) -> str:
    return f"{session.product.name}: {session.title}"


def _location(session: Session) -> str:
    return session.place or session.link


def _about(session: Session) -> list[str]:
    """What it is for, and the link where the place is another."""
    link = session.link if session.place else ""
    return [text for text in (session.about, link) if text]


def _description(session: Session, address: str) -> str:
    return "\n".join([*_about(session), f"Move or cancel: {address}"])


def _organiser(session: Session) -> Party:
    """Homegrown itself: answers of calendars must not reach the host as mail."""
    return Party(_title(session), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
