"""What can still be booked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from intake.enums import BookingState, SessionState
from intake.models import Session, Slot
from portfolio.models import Product

FEW = 5


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot with `free` places; its session has its product and host with it."""

    slot: Slot
    free: int

    @property
    def session(self) -> Session:
        """The session it belongs to."""
        return self.slot.session


def open_slots(product: Product, now: dt.datetime, limit: int | None = FEW) -> list[OpenSlot]:
    """The soonest slots of a product that can be booked at `now`; one query."""
    return _openings(Slot.objects.filter(session__product=product), now, limit)


def open_slots_of(session: Session, now: dt.datetime) -> list[OpenSlot]:
    """The slots of one session that can be booked at `now`."""
    return _openings(Slot.objects.filter(session=session), now, None)


def _openings(slots: QuerySet[Slot], now: dt.datetime, limit: int | None) -> list[OpenSlot]:
    seats = Count("bookings", filter=~Q(bookings__state=BookingState.CANCELLED))
    found = (
        slots.filter(session__state=SessionState.OPEN, session__closes_at__gt=now)
        .filter(starts_at__gt=now)
        .annotate(free=F("session__capacity") - seats)
        .filter(free__gt=0)
        .select_related("session__product", "session__host")
        .order_by("starts_at", "pk")
    )
    return [OpenSlot(slot, slot.free) for slot in found[:limit]]
