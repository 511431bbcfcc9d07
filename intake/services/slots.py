"""The slots of a session: made, and moved without losing anybody's place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from intake.enums import BookingState
from intake.models import Booking, Session, Slot
from intake.models.hours import OFFERED
from intake.rules.slots import Stretch, instant, order_of_moves, slots_of


class SeatsTaken(Exception):
    """Somebody has a place that would no longer exist; nothing is changed."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a session is, on the wall of its time zone, and how many slots it has."""

    day: dt.date
    at: dt.time
    slots: int

    def stretches(self, zone: str, minutes: int) -> list[Stretch]:
        """Its slots as instants."""
        return slots_of(instant(self.day, self.at, zone), slots=self.slots, minutes=minutes)


def times_of(stretches: Sequence[Stretch], deadline_hours: int) -> dict[str, Any]:
    """The times of a session that has these slots."""
    start = stretches[0].start
    return {
        "starts_at": start,
        "ends_at": stretches[-1].end,
        "closes_at": start - dt.timedelta(hours=deadline_hours),
    }


def offered(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an offering among `fields`.

    Raises:
        ValueError: there is another one.
    """
    if unknown := fields.keys() - set(OFFERED):
        raise ValueError(f"Not of an offering: {sorted(unknown)}")
    return dict(fields)


def locked_session(session_id: int) -> Session:
    """The session with its slots, held until the end of the transaction.

    Whoever books holds a slot, so nobody comes or goes meanwhile.

    Raises:
        Session.DoesNotExist: it is gone.
    """
    rows = Session.objects.select_related("product", "host", "series")
    session: Session = rows.select_for_update(of=("self",), no_key=True).get(pk=session_id)
    list(Slot.objects.filter(session=session).order_by("pk").select_for_update())
    return session


def make_slots(session: Session, stretches: Sequence[Stretch]) -> None:
    """The slots of a new session."""
    Slot.objects.bulk_create(
        Slot(session=session, starts_at=one.start, ends_at=one.end) for one in stretches
    )


def move_slots(session: Session, stretches: Sequence[Stretch], capacity: int) -> None:
    """Let the session, which is locked, have these slots instead: the first becomes the first, …

    Bookings stay in their slot, wherever it goes.

    Raises:
        SeatsTaken: somebody sits in a slot that would go, or beyond the new capacity.
    """
    slots = list(Slot.objects.filter(session=session).order_by("starts_at"))
    gone = slots[len(stretches) :]
    present = Booking.objects.filter(session=session).exclude(state=BookingState.CANCELLED)
    highest = present.aggregate(highest=Max("seat"))["highest"] or 0
    if highest > capacity or present.filter(slot__in=gone).exists():
        raise SeatsTaken
    if gone:  # those who cancelled keep the page that says so
        Booking.objects.filter(slot__in=gone).update(slot=slots[len(stretches) - 1])
        Slot.objects.filter(pk__in=[slot.pk for slot in gone]).delete()
    kept = list(zip(slots, stretches, strict=False))
    for slot, stretch in kept:
        if slot.starts_at == stretch.start and slot.ends_at != stretch.end:
            _place(slot, stretch)
    for n in order_of_moves([(slot.starts_at, stretch.start) for slot, stretch in kept]):
        _place(*kept[n])
    make_slots(session, stretches[len(slots) :])


def _place(slot: Slot, stretch: Stretch) -> None:
    Slot.objects.filter(pk=slot.pk).update(starts_at=stretch.start, ends_at=stretch.end)
