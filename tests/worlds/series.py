"""What the team of each product has beside its sessions: a series, a visitor, a note, a day off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from intake.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    BookingFactory,
    HolidayFactory,
    SeriesFactory,
    SessionNoteFactory,
    SlotFactory,
)

if TYPE_CHECKING:
    from tests.world import World


def add_series(world: World) -> None:
    """After `add_bookings`, whose sessions get a visitor and a note."""
    visitor = UserFactory(name="Visitor", email="visitor@example.org")
    for things in (world.things[name] for name in world.products):
        session = Session.objects.get(pk=things["session_id"])
        series = SeriesFactory(
            product=session.product, first_day=world.now.date(), created_at=world.now
        )
        slot = SlotFactory(session=session, starts_at=session.ends_at - dt.timedelta(minutes=5))
        booking = BookingFactory(slot=slot, user=visitor, created_at=world.now)
        note = SessionNoteFactory(session=session, booking=booking, created_at=world.now)
        things |= {"series_id": series.pk, "booking_id": booking.pk, "note_id": note.pk}
    day_off = HolidayFactory(day=world.now.date() + dt.timedelta(days=30))
    world.things["-"]["holiday_id"] = day_off.pk
