"""The demo company's intake. Each part is a module with `seed(now)`, which may run twice, and
`remove()`; parts are seeded in their order and removed in the opposite one.
"""

from __future__ import annotations

import datetime as dt

from intake.demo import bookings, hours, opportunities, requests, research

PARTS = (hours, bookings, requests, opportunities, research)


def seed(now: dt.datetime) -> None:
    """Fills what is missing."""
    for part in PARTS:
        part.seed(now)


def remove() -> None:
    """Takes all of it away."""
    for part in reversed(PARTS):
        part.remove()
