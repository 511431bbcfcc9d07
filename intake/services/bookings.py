"""Booking office hours: a seat taken, moved, given back, and what came of it.

The row of the slot is where all who want it queue; should that ever fail, the unique seat of a slot
is the last word. Each change mails its visitor; hosts look at the session's page instead.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from core.locks import retry_on_deadlock
from core.versions import Conflict
from intake.enums import BookingState, WaitingState
from intake.models import Booking, Request, Slot, WaitingPlace
from intake.services import booking_mail
from intake.services.seats import (
    AlreadyBooked,
    BookingClosed,
    BookingOver,
    SlotTaken,
    check_open,
    first_free_seat,
    hold_booking,
    hold_session,
    hold_slots,
    once_more,
    own_booking,
    reminded_at,
)
from intake.services.visitors import Visitor
from intake.services.waiting import offer_free_seats

__all__ = [
    "AlreadyBooked",
    "BookingClosed",
    "BookingOver",
    "SlotTaken",
    "book_again",
    "book_slot",
    "cancel_booking",
    "mark_booking",
    "move_booking",
]

# What a host may say of somebody after the slot has begun, and take back.
MARKS = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.NO_SHOW)


@once_more
@retry_on_deadlock
@transaction.atomic
def book_slot(
    *,
    slot: Slot,
    visitor: Visitor,
    by: User | None,
    now: dt.datetime,
    request: Request | None = None,
    token: UUID | None = None,
    time_zone: str = "",
) -> Booking:
    """A place in `slot`; the same form (`token`) sent twice makes one.

    `by` is None for a guest. `time_zone`: in which a guest reads times.

    Raises:
        SlotTaken: nobody else fits into it, or it is gone.
        BookingClosed: too late, or the session is cancelled.
        AlreadyBooked: they have a place in this session.
    """
    if (known := _of_form(slot, token)) is not None:
        return known
    try:
        # Most who come too late are told so here, without queueing at the slot.
        _seat_for(slot, visitor.user, visitor.email, now)
    except (AlreadyBooked, SlotTaken):
        # It may be this form that has booked, between the two looks.
        if (known := _of_form(slot, token)) is not None:
            return known
        raise
    held = hold_slots(product=slot.session.product, slot_ids=[slot.pk], now=now)[slot.pk]
    if (known := _of_form(held, token)) is not None:
        return known
    check_open(held.session, now)
    booking = Booking(
        **visitor.fields,
        session=held.session,
        slot=held,
        seat=_seat_for(held, visitor.user, visitor.email, now),
        request=request,
        time_zone=time_zone,
        reminded_at=reminded_at(held.starts_at, now),
        form_token=token,
        created_at=now,
    )
    _save(booking, now)
    _stop_waiting(booking)
    booking_mail.tell(booking, booking_mail.BOOKED, now=now)
    return booking


@once_more
@retry_on_deadlock
@transaction.atomic
def move_booking(
    *, booking: Booking, version: int, slot: Slot, by: User | None, now: dt.datetime
) -> Booking:
    """Have another slot of the same product instead; the old seat goes to whoever waits for it.

    Moving to where it is already changes nothing.

    Raises:
        Conflict: it was changed since `version` was read.
        BookingOver: it is cancelled, only offered, or its time has come.
        SlotTaken, BookingClosed, AlreadyBooked: as in `book_slot`.
    """
    product = booking.session.product
    if slot.session.product_id != product.pk:
        raise ValueError("A booking stays with its product.")
    left = hold_session(booking.session_id)
    # All at once, in one order: the seat that is left may be offered with the others.
    slots = {slot.pk, *left.slots.values_list("pk", flat=True)}
    held = hold_slots(product=product, slot_ids=slots, now=now)
    row, target = hold_booking(booking), held[slot.pk]
    if row.state == BookingState.BOOKED and row.slot_id == target.pk:
        return row
    _check_movable(row, version, now)
    check_open(target.session, now)
    other = target.session_id != row.session_id
    row.seat = _seat_for(target, row.user if other else None, row.email if other else "", now)
    row.slot, row.session = target, target.session
    row.reminded_at = reminded_at(target.starts_at, now)
    row.sequence += 1
    row.version += 1
    _save(row, now)
    offer_free_seats(session=left, now=now)
    booking_mail.tell(row, booking_mail.MOVED, now=now)
    return row


@retry_on_deadlock
@transaction.atomic
def cancel_booking(*, booking: Booking, version: int, by: User | None, now: dt.datetime) -> Booking:
    """Give the place back, also after booking has closed; cancelling twice cancels once.

    Raises:
        Conflict: it was changed since `version` was read.
        BookingOver: its time has come.
    """
    session = hold_session(booking.session_id)
    row = hold_booking(booking)
    if row.state == BookingState.CANCELLED:
        return row
    _check_movable(row, version, now)
    row.state = BookingState.CANCELLED
    row.sequence += 1
    row.version += 1
    row.save(update_fields=["state", "sequence", "version"])
    offer_free_seats(session=session, now=now)
    booking_mail.tell(row, booking_mail.CANCELLED, now=now)
    return row


@retry_on_deadlock
@transaction.atomic
def book_again(*, booking: Booking, by: User | None, now: dt.datetime) -> Booking:
    """Take a cancellation back while the slot still has room: the same booking, a newer entry.

    Raises:
        SlotTaken, BookingClosed, AlreadyBooked: as in `book_slot`.
    """
    product = booking.session.product
    slot = hold_slots(product=product, slot_ids=[booking.slot_id], now=now)[booking.slot_id]
    row = hold_booking(booking)
    if row.state != BookingState.CANCELLED:
        return row
    check_open(slot.session, now)
    row.seat = _seat_for(slot, row.user, row.email, now)
    row.state = BookingState.BOOKED
    row.reminded_at = reminded_at(slot.starts_at, now)
    row.sequence += 1
    row.version += 1
    _save(row, now)
    _stop_waiting(row)
    booking_mail.tell(row, booking_mail.BOOKED, now=now)
    return row


@transaction.atomic
def mark_booking(*, booking: Booking, state: str, by: User, now: dt.datetime) -> Booking:
    """Say whether somebody came, once their slot has begun; `BOOKED` takes it back.

    Raises:
        BookingOver: the booking is cancelled or was never taken, or its time has not come.
        ValueError: `state` is none of the `MARKS`.
    """
    if state not in MARKS:
        raise ValueError(f"{state!r} is no mark.")
    row = hold_booking(booking)
    if row.state not in MARKS or row.slot.starts_at > now:
        raise BookingOver
    if row.state != state:
        row.state = BookingState(state)
        row.version += 1
        row.save(update_fields=["state", "version"])
    return row


def _of_form(slot: Slot, token: UUID | None) -> Booking | None:
    rows = Booking.objects.select_related("session__product", "slot")
    return rows.filter(session=slot.session_id, form_token=token).first() if token else None


def _seat_for(slot: Slot, user: User | None, email: str, now: dt.datetime) -> int:
    """The seat that somebody gets in a slot, which is held.

    Raises:
        AlreadyBooked: they have one in the session.
        SlotTaken: there is none.
    """
    known = own_booking(slot.session, user, email) if user or email else None
    if known is not None:
        raise AlreadyBooked(known)
    seat = first_free_seat(slot, slot.session)
    if seat is None:
        raise SlotTaken(slot.session.product, now)
    return seat


def _check_movable(row: Booking, version: int, now: dt.datetime) -> None:
    if row.state != BookingState.BOOKED or row.slot.starts_at <= now:
        raise BookingOver
    if row.version != version:
        raise Conflict(row)


def _save(booking: Booking, now: dt.datetime) -> None:
    """Write the seat; whoever has it or another in the session wins by the database's word.

    Raises:
        AlreadyBooked: the same person was faster, in another window.
        SlotTaken: somebody else was.
    """
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError:
        known = own_booking(booking.session, booking.user, booking.email)
        if known is not None:
            raise AlreadyBooked(known) from None
        raise SlotTaken(booking.session.product, now) from None


def _stop_waiting(booking: Booking) -> None:
    """Whoever has a place waits for none."""
    if booking.user_id is not None:
        waiting = WaitingPlace.objects.filter(session=booking.session_id, user=booking.user_id)
        waiting.filter(state=WaitingState.WAITING).update(state=WaitingState.TAKEN)
