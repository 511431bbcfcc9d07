"""The desk of the digest in the small company: of each product the issue to come, with an item."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.factories.digests import IssueFactory, IssueItemFactory, facts_for

if TYPE_CHECKING:
    from tests.world import World


def add_desk(world: World) -> None:
    """After the products: issues that go out next Monday."""
    today = world.now.date()
    monday = today + dt.timedelta(days=7 - today.weekday())
    for name, product in world.products.items():
        issue = IssueFactory(
            product=product,
            week=monday,
            facts=facts_for(product, day=monday - dt.timedelta(days=3)),
            drafted_at=world.now,
        )
        item = IssueItemFactory(issue=issue, day=monday - dt.timedelta(days=6))
        IssueItemFactory(issue=issue, is_hidden=True, hidden_reason="Told last week.")
        world.things[name] |= {"week": monday, "item_id": item.pk}
