"""Who comes to the office hours of the small company, and who waits for a place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from accounts.feeds import purposes
from accounts.selectors.feeds import feed_token
from accounts.services.feeds import make_feed_key
from intake.selectors.guest_bookings import booking_token
from tests.factories.intake import (
    BookingFactory,
    SessionFactory,
    SlotFactory,
    WaitingPlaceFactory,
)

if TYPE_CHECKING:
    from tests.world import World

# Whose bookings and waiting places the pages are asked about.
VISITORS = ("employee", "administrator")
SLOT = dt.timedelta(minutes=20)


def add_bookings(world: World) -> None:
    """Each product holds office hours in three days, with three slots. In those of the open product
    a guest and each of the `VISITORS` has a place; a week later, where all is taken, they wait.
    """
    starts = (world.now + dt.timedelta(days=3)).replace(microsecond=0)
    for name, product in world.products.items():
        ahead = SessionFactory(product=product, starts_at=starts, capacity=2, created_at=world.now)
        slots = [
            SlotFactory(session=ahead, starts_at=starts + SLOT * number) for number in range(3)
        ]
        world.things[name] |= {"session_id": ahead.pk, "slot_id": slots[2].pk}
    full = SessionFactory(
        product=world.products["open"],
        starts_at=starts + dt.timedelta(days=7),
        created_at=world.now,
    )
    # The last product is the open one.
    for slot, actor in zip(slots, VISITORS, strict=False):
        user = world.people[actor]
        booking = BookingFactory(slot=slot, user=user, created_at=world.now)
        place = WaitingPlaceFactory(session=full, user=user, joined_at=world.now)
        world.things[f"booking of {actor}"] = {"uid": booking.uid}
        world.things[f"wait of {actor}"] = {"uid": place.uid}
        key = make_feed_key(purpose=purposes["host"], by=user, now=world.now)
        world.things[f"feed of {actor}"] = {"key_id": key.pk}
        world.things["-"]["host_token"] = feed_token(key)
    guest = BookingFactory(slot=slots[0], seat=2, user=None, created_at=world.now)
    world.things["-"]["booking_token"] = booking_token(guest)
    product_id = world.products["open"].pk
    key = make_feed_key(
        purpose=purposes["hours"],
        by=world.people["employee"],
        now=world.now,
        product_id=product_id,
    )
    world.things["-"]["hours_token"] = feed_token(key)
