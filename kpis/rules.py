"""What a metric is made of, and which values it accepts.

Nothing here knows Django, the clock or the database. Source: domain.md §4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way is better; with none, the sign of target - baseline decides."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Aggregation(StrEnum):
    """How the days of the window become one current value."""

    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    SUM = "sum"
    LAST = "last"


class Group(StrEnum):
    """What a metric says something about; stages weigh groups."""

    ADOPTION = "adoption"
    PRODUCTIVITY = "productivity"
    SATISFACTION = "satisfaction"
    COMPLETION = "completion"
    PROFICIENCY = "proficiency"
    QUALITY = "quality"
    RETURN = "return"


class Source(StrEnum):
    """How a measurement came in."""

    FORM = "form"
    IMPORT = "import"
    API = "api"
    ROLL_UP = "roll_up"
    DEMO = "demo"


class ValueOutOfBounds(ValueError):
    """A value lies outside what its metric allows; the message says so in the user's words."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest value a metric accepts; None means open."""

    lower: float | None = None
    upper: float | None = None

    def check(self, value: float) -> None:
        """Raises `ValueOutOfBounds` unless `value` is finite and inside the bounds."""
        if not math.isfinite(value):
            raise ValueOutOfBounds("Enter a number.")
        if self.lower is not None and value < self.lower:
            raise ValueOutOfBounds(f"Enter {self.lower:g} or more.")
        if self.upper is not None and value > self.upper:
            raise ValueOutOfBounds(f"Enter {self.upper:g} or less.")
