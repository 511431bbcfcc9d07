"""A lower app says that products are stale: ring for the roll-up. The marks are rows already."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from core.queues import nudge
from health.tasks import roll_up_stale
from portfolio.signals import products_stale


@receiver(products_stale, dispatch_uid="health.roll_up_stale")
def ring_for_roll_up(sender: object, **kwargs: Any) -> None:
    """A nudge after the commit; lost ones are made good by the clock."""
    nudge(roll_up_stale)
