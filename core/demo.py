"""The registry of those who fill the demo company, and empty it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class DemoSeeder:
    """One app's part of the demo: `seed(now)` may run twice, `remove()` takes all of it away.

    `order` ascends while seeding (accounts 10, portfolio 20, …) and descends while removing.
    """

    key: str
    order: int
    seed: Callable[[dt.datetime], None]
    remove: Callable[[], None]


_seeders = Registry[DemoSeeder]("demo seeders")
register = _seeders.register


def seeders() -> tuple[DemoSeeder, ...]:
    """All seeders in the order of seeding."""
    return tuple(_seeders)
