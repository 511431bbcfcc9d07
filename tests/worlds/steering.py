"""Settings that were changed and taken back, and days that somebody had worked out again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from activity.services import log_event
from health.models import HealthSettings, Recompute
from health.rules import Settings

if TYPE_CHECKING:
    from tests.world import World


def add_steering(world: World) -> None:
    """Two rows of settings, the defaults in force; one recompute of all that is done, one asked."""
    by = world.people["administrator"]
    for values in (Settings(healthy_from=82.0), Settings()):
        HealthSettings.objects.create(
            values=values.as_dict(), created_at=world.now, created_by=by.pk
        )
    today = world.now.date()
    first, last = today - dt.timedelta(days=9), today - dt.timedelta(days=5)
    done = Recompute.objects.create(
        first=first, last=last, why="The target of spring was a slip", by=by, days=5,
        asked_at=world.now, done_at=world.now, settings=HealthSettings.objects.latest(),
    )  # fmt: skip
    for product in world.products.values():
        log_event(
            verb="worked out again", subject=done, product_id=product.pk, by=by, now=world.now,
            data={"days": 5},
        )  # fmt: skip
    Recompute.objects.create(
        product=world.products["p1"], first=first, last=last, why="Choice was judged anew", by=by,
        asked_at=world.now, settings=done.settings,
    )  # fmt: skip
