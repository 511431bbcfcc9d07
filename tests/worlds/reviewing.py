"""What the small company went through, and what waits for a decision."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.factories.kpis import ExemptionFactory, KpiReviewFactory

if TYPE_CHECKING:
    from tests.world import World


def add_reviews(world: World) -> None:
    """Of each product: a review of an earlier stage, an exemption asked for, one refused."""
    today, asker = world.now.date(), world.people["contributor_p1"]
    for name, product in world.products.items():
        KpiReviewFactory(
            product=product, done_at=world.now - dt.timedelta(days=200), by=world.people["pm_p1"]
        )
        asked = {
            "kpi_id": world.things[name]["kpi_id"],
            "starts_on": today,
            "ends_on": today + dt.timedelta(days=9),
            "asked_by": asker,
            "created_at": world.now,
        }
        ExemptionFactory(**asked, reason="Stock taking", state="asked")
        ExemptionFactory(
            **asked, reason="Holidays", state="refused", answer="Everybody has them",
            approver=world.people["administrator"], decided_at=world.now,
        )  # fmt: skip
