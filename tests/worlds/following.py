"""What comes of requests in the small company, and how its people hear of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from intake.models import ExperimentExtension, InboxMail, InboxPlan, ReleasedOpportunity

if TYPE_CHECKING:
    from tests.world import World


def add_following(world: World) -> None:
    """After `add_opportunities`: what solves a problem, an experiment put off, and the inbox."""
    things, manager = world.things["open"], world.people["pm_p1"]
    ReleasedOpportunity.objects.create(
        release_id=things["release_id"], opportunity_id=things["opportunity_id"], by=manager,
        at=world.now, told_at=world.now,
    )  # fmt: skip
    ExperimentExtension.objects.create(
        experiment_id=things["experiment_id"], number=1, reason="The fair came between", by=manager,
        until=world.now.date() + dt.timedelta(days=60), at=world.now,
    )  # fmt: skip
    InboxPlan.objects.create(user=manager)
    InboxMail.objects.create(user=manager, slot_start=world.now)
