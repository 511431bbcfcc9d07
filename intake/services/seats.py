"""The seats of a slot: who may still have one, and which is the first that is free.

Locks, always in this order: the session, its slots by key, bookings. Whoever only takes a seat
holds the slot alone; whoever gives one back holds the session too, as others wait there.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.models import QuerySet

from accounts.models import User
from intake.enums import BookingState, SessionState
from intake.models import Booking, Session, Slot
from intake.selectors.openings import OpenSlot, open_slots
from portfolio.models import Product

REMINDER_AHEAD = dt.timedelta(days=1)
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's word for a lock_timeout
LOOKS = 4

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class SlotTaken(Exception):
    """Somebody else was faster."""

    def __init__(self, product: Product, now: dt.datetime) -> None:
        super().__init__("The slot is taken.")
        self._asked = product, now

    @property
    def next_slots(self) -> list[OpenSlot]:
        """The soonest of the product that are free: asked for when nobody waits at the slot."""
        return open_slots(*self._asked)


class BookingClosed(Exception):
    """The session takes no bookings any more; the text says why."""


class AlreadyBooked(Exception):
    """The person has a place in this session already; `booking` is that place."""

    def __init__(self, booking: Booking) -> None:
        super().__init__("There is a place already.")
        self.booking = booking


class BookingOver(Exception):
    """The booking was cancelled, or its time has come: nothing of it changes any more."""


def hold_session(session_id: int) -> Session:
    """The session, at which all who give a seat back or wait for one queue.

    Raises:
        Session.DoesNotExist: it is gone.
    """
    rows = Session.objects.select_related("product", "host")
    session: Session = rows.select_for_update(of=("self",), no_key=True).get(pk=session_id)
    return session


def hold_slots(*, product: Product, slot_ids: Iterable[int], now: dt.datetime) -> dict[int, Slot]:
    """The slots by key, held until the end of the transaction, with their sessions as they stand.

    Raises:
        SlotTaken: one is gone: its session was changed.
    """
    wanted = set(slot_ids)
    rows = Slot.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
    if len(list(rows)) != len(wanted):
        raise SlotTaken(product, now)
    # Read anew: what came with the locked row is as old as the query that waited for it.
    fresh = Slot.objects.select_related("session__product", "session__host").filter(pk__in=wanted)
    return {slot.pk: slot for slot in fresh}


def hold_booking(booking: Booking) -> Booking:
    """The booking as it stands, held until the end of the transaction.

    Raises:
        Booking.DoesNotExist: it is gone.
    """
    list(Booking.objects.filter(pk=booking.pk).select_for_update())
    rows = Booking.objects.select_related("session__product", "session__host", "slot")
    fresh: Booking = rows.select_related("user", "request").get(pk=booking.pk)
    return fresh


def once_more(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorator: where so many queue at a slot that the database tires of waiting, look again.

    By then those in front have taken what there was, so the second look seldom queues.
    """

    @functools.wraps(function)
    def looked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        for _ in range(LOOKS - 1):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                is_tired = getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE
                if connection.in_atomic_block or not is_tired:
                    raise
        return function(*args, **kwargs)

    return looked


def check_open(session: Session, now: dt.datetime) -> None:
    """Raises `BookingClosed`, in plain words, unless the session takes bookings at `now`."""
    if session.state == SessionState.CANCELLED:
        raise BookingClosed("These office hours are cancelled.")
    if session.state == SessionState.CLOSED or session.starts_at <= now:
        raise BookingClosed("These office hours have begun or are over.")
    if session.closes_at <= now:
        raise BookingClosed("Booking for these office hours has closed.")


def first_free_seat(slot: Slot, session: Session) -> int | None:
    """The lowest seat of a slot, which is held, that nobody has; None when all are taken."""
    taken = set(_present().filter(slot=slot).values_list("seat", flat=True))
    return next((seat for seat in range(1, session.capacity + 1) if seat not in taken), None)


def own_booking(session: Session, user: User | None, email: str) -> Booking | None:
    """The place that somebody has in a session, by account, or by e-mail where they have none."""
    present = _present().filter(session=session).select_related("slot", "session__product")
    if user is not None:
        return present.filter(user=user).first()
    return present.filter(user__isnull=True, email__iexact=email).first()


def reminded_at(starts_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """When somebody who books at `now` has been reminded: at once, in the last day before."""
    return now if starts_at - REMINDER_AHEAD <= now else None


def _present() -> QuerySet[Booking]:
    return Booking.objects.exclude(state=BookingState.CANCELLED)
