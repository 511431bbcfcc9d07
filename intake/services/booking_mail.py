"""Telling a visitor what became of their place; the calendar entry goes with it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from core.calendars import REQUEST
from core.emails import absolute
from core.formats import zone_words
from core.mail import is_reachable, queue_mail
from intake.emails.bookings import BookingMail, render_booking
from intake.models import Booking, Session
from intake.presenters.addresses import booking_address
from intake.presenters.sessions import host_words
from intake.presenters.times import moment_words, span_words
from intake.presenters.zones import zone_of_visitor
from intake.services import calendars

BOOKED, MOVED, CANCELLED, OFFERED, REMINDER = (
    "booked",
    "moved",
    "cancelled",
    "offered",
    "reminder",
)
# An offer is in no calendar yet, and a reminder has nothing new for one.
WITH_ENTRY = (BOOKED, MOVED, CANCELLED)


def tell(booking: Booking, kind: str, *, now: dt.datetime) -> None:
    """Queue the mail of `kind` in the transaction of what it tells; whoever was erased has no
    address any more.
    """
    if not is_reachable(booking.email):
        return
    rendered = render_booking(_facts(booking, kind))
    host = booking.session.host
    files = [calendars.mail_file(booking, REQUEST, now=now)] if kind in WITH_ENTRY else []
    queue_mail(
        kind=f"intake.booking_{kind}",
        to=booking.email,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        now=now,
        reply_to=host.email if host is not None and host.is_active else None,
        attachments=files,
    )


def _facts(booking: Booking, kind: str) -> BookingMail:
    session, slot, zone = booking.session, booking.slot, zone_of_visitor(booking)
    address = booking_address(booking)
    return BookingMail(
        kind=kind,
        name=booking.name,
        product=session.product.name,
        title=session.title,
        when=span_words(slot.starts_at, slot.ends_at, zone),
        zone=zone_words(zone),
        where=session.place,
        link=session.link,
        host=host_words(session),
        reference=booking.request.reference if booking.request else "",
        until=moment_words(booking.held_until, zone) if booking.held_until else "",
        url=address,
        leave_url=booking_address(booking, "booking_cancel"),
        ask_url=_hours(session) if booking.user else address,
    )


def _hours(session: Session) -> str:
    return absolute(reverse("intake:session_list", args=[session.product.slug]))
