"""What the floors below ring for."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from core.queues import nudge
from intake.tasks import ship_releases
from portfolio.signals import release_published


@receiver(release_published, dispatch_uid="intake.ship_releases")
def on_release_published(sender: object, **kwargs: Any) -> None:
    """A note is out: whoever waits for what it solves is told soon, and else by the clock."""
    nudge(ship_releases)
