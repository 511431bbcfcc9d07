"""Telling those who are expected in a session that it changes, or does not take place."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from core.calendars import CANCEL
from core.emails import Rendered, absolute
from core.formats import zone_words
from core.mail import MailFile, is_reachable, queue_mail
from intake.emails.hours import (
    NextSession,
    SessionCancelled,
    SessionChanged,
    render_session_cancelled,
    render_session_changed,
)
from intake.enums import BookingState
from intake.models import Booking, Session, WaitingPlace
from intake.presenters.addresses import booking_address
from intake.presenters.sessions import places_words
from intake.presenters.times import span_words
from intake.presenters.zones import zone_of_visitor
from intake.selectors.hours import free_sessions
from intake.services import calendars

OFFERED_INSTEAD = 3


def tell_of_change(booking: Booking, *, method: str, now: dt.datetime) -> None:
    """The newer time or place of somebody's slot, with the calendar entry (`method`)."""
    session, slot, zone = booking.session, booking.slot, zone_of_visitor(booking)
    mail = SessionChanged(
        name=booking.name,
        product=session.product.name,
        title=session.title,
        when=span_words(slot.starts_at, slot.ends_at, zone),
        zone=zone_words(zone),
        where=session.place or session.link or "We tell you where before it starts.",
        url=booking_address(booking),
    )
    # An offer is in no calendar yet.
    is_booked = booking.state == BookingState.BOOKED
    files = [calendars.mail_file(booking, method, now=now)] if is_booked else []
    _queue("intake.session_changed", booking, render_session_changed(mail), files, now)


def tell_of_cancelling(
    session: Session,
    *,
    bookings: list[Booking],
    waiting: list[WaitingPlace],
    now: dt.datetime,
) -> None:
    """That the session does not take place: everybody with a place, and everybody who waits."""
    instead = list(free_sessions(session.product, now)[:OFFERED_INSTEAD])
    for booking in bookings:
        rendered = _cancelled(session, booking, instead, now)
        files = [calendars.mail_file(booking, CANCEL, now=now)]
        _queue("intake.session_cancelled", booking, rendered, files, now)
    for place in waiting:
        rendered = _cancelled(session, place, instead, now)
        _queue("intake.session_cancelled", place, rendered, [], now)


def _cancelled(
    session: Session,
    visitor: Booking | WaitingPlace,
    instead: list[Session],
    now: dt.datetime,
) -> Rendered:
    zone = zone_of_visitor(visitor)
    begin, end = session.starts_at, session.ends_at
    if isinstance(visitor, Booking):
        begin, end = visitor.slot.starts_at, visitor.slot.ends_at
    return render_session_cancelled(
        SessionCancelled(
            name=visitor.name,
            product=session.product.name,
            title=session.title,
            when=span_words(begin, end, zone),
            zone=zone_words(zone),
            reason=session.cancel_reason,
            had_place=isinstance(visitor, Booking),
            again=tuple(_instead(one, visitor, now) for one in instead),
            url=absolute(reverse("intake:session_list", args=[session.product.slug])),
        )
    )


def _instead(session: Session, visitor: Booking | WaitingPlace, now: dt.datetime) -> NextSession:
    """Another session; a guest, who can't sign in to book it, is told of its time alone."""
    zone = zone_of_visitor(visitor)
    address = reverse("intake:booking_create", args=[session.product.slug, session.pk])
    return NextSession(
        when=span_words(session.starts_at, session.ends_at, zone),
        places=places_words(session, now),
        url=absolute(address) if visitor.user else "",
    )


def _queue(
    kind: str,
    visitor: Booking | WaitingPlace,
    rendered: Rendered,
    files: list[MailFile],
    now: dt.datetime,
) -> None:
    """The mail in the transaction of what it tells; no bad address stops what a host does."""
    if not is_reachable(visitor.email):
        return
    host = visitor.session.host
    queue_mail(
        kind=kind,
        to=visitor.email,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        now=now,
        reply_to=host.email if host is not None and host.is_active else None,
        attachments=files,
    )
