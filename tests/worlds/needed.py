"""Decisions that the products of the small company wait for, and what may go wrong with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.factories.portfolio import NeededFactory, RiskFactory

if TYPE_CHECKING:
    from tests.world import World


def add_needed(world: World) -> None:
    """Of each product: an overdue decision, one that was taken, a severe risk, one that is over."""
    yesterday = world.now - dt.timedelta(days=1)
    for name, product in world.products.items():
        needed = NeededFactory(product=product, by_day=yesterday.date())
        NeededFactory(product=product, state="decided", outcome="Yes.", ended_at=yesterday)
        risk = RiskFactory(product=product, severity=3, until=world.now.date())
        RiskFactory(product=product, state="over", outcome="It went well.", ended_at=yesterday)
        world.things[name] |= {"needed_id": needed.pk, "risk_id": risk.pk}
