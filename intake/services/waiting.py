"""The waiting list of a session: whoever is first is offered the seat that becomes free.

An offer is a booking that keeps the seat until `held_until`: a day, or until booking closes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from core.locks import retry_on_deadlock
from core.personal import ERASED_ADDRESS
from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, Request, Session, Slot, WaitingPlace
from intake.selectors.openings import OpenSlot, open_slots_of
from intake.services import booking_mail
from intake.services.seats import (
    AlreadyBooked,
    check_open,
    first_free_seat,
    hold_booking,
    hold_session,
    own_booking,
    reminded_at,
)
from intake.services.visitors import Visitor

KEPT_FOR = dt.timedelta(hours=24)
STILL_WAITING = (WaitingState.WAITING, WaitingState.OFFERED)


class SeatsFree(Exception):
    """Nobody has to wait: `slots` can be booked."""

    def __init__(self, slots: list[OpenSlot]) -> None:
        super().__init__("There are free places.")
        self.slots = slots


class OfferLapsed(Exception):
    """The seat was kept until a moment that has passed."""


@retry_on_deadlock
@transaction.atomic
def join_waiting(
    *,
    session: Session,
    visitor: Visitor,
    by: User | None,
    now: dt.datetime,
    request: Request | None = None,
    token: UUID | None = None,
    time_zone: str = "",
) -> WaitingPlace:
    """Wait for a seat of a full session; whoever waits already stays where they are.

    Raises:
        SeatsFree: there are places.
        BookingClosed: too late, or the session is cancelled.
        AlreadyBooked: they have a place in this session.
    """
    held = hold_session(session.pk)
    check_open(held, now)
    known = _waiting_of(held, visitor)
    if known is not None:
        return known
    booked = own_booking(held, visitor.user, visitor.email)
    if booked is not None:
        raise AlreadyBooked(booked)
    offer_free_seats(session=held, now=now)
    if slots := open_slots_of(held, now):
        raise SeatsFree(slots)
    # Somebody who left, went back in their browser and sent the form again waits anew.
    is_known = token is not None and WaitingPlace.objects.filter(form_token=token).exists()
    return WaitingPlace.objects.create(
        **visitor.fields,
        session=held,
        request=request,
        time_zone=time_zone,
        joined_at=now,
        form_token=None if is_known else token,
    )


@retry_on_deadlock
@transaction.atomic
def leave_waiting(*, place: WaitingPlace, by: User | None, now: dt.datetime) -> None:
    """Wait no more; a seat that was kept goes to the next. Leaving twice leaves once."""
    session = hold_session(place.session_id)
    row = (
        WaitingPlace.objects.select_related("booking")
        .select_for_update(of=("self",))
        .get(pk=place.pk)
    )
    if row.state not in STILL_WAITING:
        return
    if row.booking is not None:
        _give_back(row.booking)
    row.state = WaitingState.LEFT
    row.save(update_fields=["state"])
    offer_free_seats(session=session, now=now)


@retry_on_deadlock
@transaction.atomic
def take_offer(*, booking: Booking, by: User | None, now: dt.datetime) -> Booking:
    """Have the seat that was kept; taking it twice takes it once.

    Raises:
        OfferLapsed: too late: it went to the next, or the session is cancelled.
    """
    hold_session(booking.session_id)
    row = hold_booking(booking)
    if row.state == BookingState.BOOKED:
        return row
    if row.state != BookingState.OFFERED or row.held_until is None or row.held_until <= now:
        raise OfferLapsed
    row.state, row.held_until = BookingState.BOOKED, None
    row.reminded_at = reminded_at(row.slot.starts_at, now)
    row.version += 1
    row.save(update_fields=["state", "held_until", "reminded_at", "version"])
    WaitingPlace.objects.filter(booking=row).update(state=WaitingState.TAKEN)
    booking_mail.tell(row, booking_mail.BOOKED, now=now)
    return row


@retry_on_deadlock
@transaction.atomic
def offer_free_seats(*, session: Session, now: dt.datetime) -> int:
    """Let offers lapse whose time is over, and offer each free seat to whoever waits longest.

    Safe to call at any time, as often as one likes; how many offers were made.
    """
    held = hold_session(session.pk)
    for lapsed in _offers(held).filter(held_until__lte=now):
        _give_back(lapsed)
        WaitingPlace.objects.filter(booking=lapsed).update(state=WaitingState.LAPSED)
    if held.state != SessionState.OPEN or held.closes_at <= now:
        return 0
    waiting = list(
        WaitingPlace.objects.filter(session=held, state=WaitingState.WAITING)
        .exclude(Q(user__is_active=False) | Q(email=ERASED_ADDRESS))
        .select_related("user", "request")
        .order_by("joined_at", "pk")
    )
    # Whoever takes a free seat holds its slot, so nobody comes between.
    slots = Slot.objects.filter(session=held).order_by("pk").select_for_update()
    seats = _free_seats(held, list(slots), now) if waiting else iter(())
    made = 0
    for place, (slot, seat) in zip(waiting, seats, strict=False):
        _offer(held, place, slot, seat, now)
        made += 1
    return made


def _free_seats(
    session: Session, slots: list[Slot], now: dt.datetime
) -> Iterator[tuple[Slot, int]]:
    """Free seats, soonest first; each is asked for after the one before was given away."""
    for slot in sorted(slots, key=lambda one: one.starts_at):
        while slot.starts_at > now and (seat := first_free_seat(slot, session)) is not None:
            yield slot, seat


def _offer(session: Session, place: WaitingPlace, slot: Slot, seat: int, now: dt.datetime) -> None:
    booking = Booking.objects.create(
        session=session,
        slot=slot,
        seat=seat,
        state=BookingState.OFFERED,
        held_until=min(now + KEPT_FOR, session.closes_at),
        user=place.user,
        name=place.name,
        email=place.email,
        time_zone=place.time_zone,
        request=place.request,
        created_at=now,
    )
    place.state, place.booking = WaitingState.OFFERED, booking
    place.save(update_fields=["state", "booking"])
    booking_mail.tell(booking, booking_mail.OFFERED, now=now)


def _offers(session: Session) -> QuerySet[Booking]:
    return Booking.objects.filter(session=session, state=BookingState.OFFERED)


def _give_back(booking: Booking) -> None:
    booking.state, booking.held_until = BookingState.CANCELLED, None
    booking.version += 1
    booking.save(update_fields=["state", "held_until", "version"])


def _waiting_of(session: Session, visitor: Visitor) -> WaitingPlace | None:
    waiting = WaitingPlace.objects.filter(session=session, state__in=STILL_WAITING)
    if visitor.user is not None:
        return waiting.filter(user=visitor.user).first()
    return waiting.filter(user__isnull=True, email__iexact=visitor.email).first()
