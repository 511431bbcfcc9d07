"""A place in office hours as its visitor sees it, on its page and in the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from core.formats import zone_words
from intake.enums import BookingState, SessionState
from intake.models import Booking, WaitingPlace
from intake.presenters.addresses import booking_path
from intake.presenters.sessions import NO_PLACE, host_words
from intake.presenters.times import moment_words, span_words


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Everything that the page of a booking shows; empty addresses: not to be done any more."""

    title: str
    product: str
    when: str
    zone: str
    where: str
    link: str
    host: str
    about: str
    state: str
    note: str
    request_url: str
    reference: str
    move_url: str
    cancel_url: str
    again_url: str
    take_url: str
    ics_url: str
    hours_url: str


@dataclass(frozen=True, slots=True)
class BookingLine:
    """A booking, or a place on a waiting list, in a list."""

    url: str
    when: str
    product: str
    title: str
    state: str
    note: str
    leave_url: str = ""


def booking_page(booking: Booking, zone: str, now: dt.datetime) -> BookingPage:
    """The page of one booking at `now`, its times in `zone`."""
    session, slot = booking.session, booking.slot
    is_booked, is_signed = is_open(booking, now), booking.user_id is not None
    can_take = booking.state == BookingState.OFFERED and not _has_lapsed(booking, now)
    can_return = (
        booking.state == BookingState.CANCELLED
        and session.state == SessionState.OPEN
        and session.closes_at > now
    )
    return BookingPage(
        title=session.title,
        product=session.product.name,
        when=span_words(slot.starts_at, slot.ends_at, zone, now),
        zone=zone_words(zone),
        where=session.place or ("" if session.link else NO_PLACE),
        link=session.link,
        host=host_words(session),
        about=session.about,
        state=state_words(booking, now),
        note=_note(booking, zone, now),
        request_url=booking.request.get_absolute_url() if booking.request and is_signed else "",
        reference=booking.request.reference if booking.request else "",
        move_url=booking_path(booking, "booking_move") if is_booked else "",
        cancel_url=booking_path(booking, "booking_cancel") if is_booked or can_take else "",
        again_url=booking_path(booking, "booking_again") if can_return else "",
        take_url=reverse("intake:offer_take", args=[booking.uid]) if can_take else "",
        ics_url=booking_path(booking, "booking_ics") if is_booked else "",
        hours_url=reverse("intake:session_list", args=[session.product.slug]) if is_signed else "",
    )


def is_open(booking: Booking, now: dt.datetime) -> bool:
    """Whether its visitor may still move or cancel it."""
    return (
        booking.state == BookingState.BOOKED
        and booking.session.state == SessionState.OPEN
        and booking.slot.starts_at > now
    )


def state_words(booking: Booking, now: dt.datetime) -> str:
    """How it stands, in a word or two."""
    if booking.session.state == SessionState.CANCELLED:
        return "Office hours cancelled"
    if booking.state == BookingState.OFFERED:
        return "Offer lapsed" if _has_lapsed(booking, now) else "Kept for you"
    if booking.state == BookingState.BOOKED and booking.slot.ends_at <= now:
        return "Over"
    return str(BookingState(booking.state).label)


def _has_lapsed(booking: Booking, now: dt.datetime) -> bool:
    return (
        booking.held_until is None
        or booking.held_until <= now
        or booking.session.state != SessionState.OPEN
    )


def _note(booking: Booking, zone: str, now: dt.datetime) -> str:
    if booking.session.state == SessionState.CANCELLED:
        return booking.session.cancel_reason
    if booking.state == BookingState.OFFERED and booking.held_until is not None:
        if _has_lapsed(booking, now):
            return "The place went to the next."
        return f"A place is free until {moment_words(booking.held_until, zone, now)}."
    return ""


def booking_line(booking: Booking, zone: str, now: dt.datetime) -> BookingLine:
    """A booking in the list of its visitor."""
    session = booking.session
    return BookingLine(
        url=booking.get_absolute_url(),
        when=span_words(booking.slot.starts_at, booking.slot.ends_at, zone, now),
        product=session.product.name,
        title=session.title,
        state=state_words(booking, now),
        note=_note(booking, zone, now),
    )


def waiting_line(place: WaitingPlace, zone: str, now: dt.datetime) -> BookingLine:
    """A place on a waiting list."""
    session = place.session
    is_late = session.closes_at <= now
    return BookingLine(
        url="",
        when=span_words(session.starts_at, session.ends_at, zone, now),
        product=session.product.name,
        title=session.title,
        state="Waiting for a place",
        note="Booking has closed; no place became free." if is_late else "",
        leave_url=reverse("intake:waiting_leave", args=[place.uid]),
    )
