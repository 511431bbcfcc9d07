"""What happened lately."""

from __future__ import annotations

import datetime as dt

from activity.models import Event


def product_events(
    product_id: int, *, before: dt.datetime | None = None, limit: int = 20
) -> list[Event]:
    """The newest events of a product, newest first; with `before` only those older than it."""
    events = Event.objects.filter(product_id=product_id)
    if before is not None:
        events = events.filter(at__lt=before)
    return list(events.order_by("-at", "-pk")[:limit])
