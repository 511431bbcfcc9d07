"""Whether a team takes orders, and whether it drifts from its mission (domain.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DAYS = 90
"""How far back what shipped counts."""
AMBER = 0.4
DRIFT = 0.3
OFF_MISSION = 0


@dataclass(frozen=True, slots=True)
class Shipped:
    """One opportunity that shipped; `alignment` None: nobody has judged it."""

    is_favour: bool = False
    as_asked: bool = False
    has_independent: bool = False
    alignment: int | None = None

    @property
    def is_order(self) -> bool:
        """Accepted as a favour, or built exactly as asked without independent evidence."""
        return self.is_favour or (self.as_asked and not self.has_independent)


@dataclass(frozen=True, slots=True)
class Orders:
    """What shipped in the last 90 days: how many, of them how many to order and off the mission."""

    shipped: int
    to_order: int
    off_mission: int

    @property
    def ratio(self) -> float | None:
        """The order-taker ratio, 0–1; None: nothing shipped."""
        return self.to_order / self.shipped if self.shipped else None

    @property
    def is_amber(self) -> bool:
        """Whether the ratio is a warning, from 40 % on."""
        return self.ratio is not None and round(self.ratio, 9) >= AMBER

    @property
    def off_mission_share(self) -> float | None:
        """The share with alignment 0; None: nothing shipped."""
        return self.off_mission / self.shipped if self.shipped else None

    @property
    def is_drifting(self) -> bool:
        """Whether the off-mission share is worth saying, above 30 %."""
        return self.off_mission_share is not None and round(self.off_mission_share, 9) > DRIFT


def orders(shipped: Iterable[Shipped]) -> Orders:
    """Counted; in any order."""
    rows = list(shipped)
    off = sum(row.alignment == OFF_MISSION for row in rows)
    return Orders(len(rows), sum(row.is_order for row in rows), off)
