"""Templates of KPIs: what internal products are usually measured by, and what is worth a warning.

`templates.toml` holds them as data. Nothing here knows Django, the clock or the database.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kpis.rules import DayValue, Direction

SOURCE = Path(__file__).with_name("templates.toml")
FOUR_WEEKS = 28
AMBITIOUS = 3.0
"""Times the best change so far, from which on a target is more a wish than a plan."""


@dataclass(frozen=True, slots=True)
class KpiTemplate:
    """One thing to measure: `metric` is a code of the catalogue, `guardrail` why it should be one
    (empty: it need not).
    """

    metric: str
    kind: str
    tells: str
    measure: str
    baseline: str
    target: str
    weight: int
    guardrail: str = ""


@cache
def templates() -> tuple[KpiTemplate, ...]:
    """All templates, in the order of the file."""
    tables = tomllib.loads(SOURCE.read_text())["template"]
    return tuple(KpiTemplate(**table) for table in tables)


def is_backwards(direction: Direction, baseline: float | None, target: float | None) -> bool:
    """Whether the target lies on the worse side of the baseline: the KPI would only have to hold
    a level (domain.md §4, Hold), which is seldom what somebody means who types both.
    """
    if baseline is None or target is None or direction == Direction.NONE:
        return False
    return target < baseline if direction == Direction.UP else target > baseline


def best_change(values: Sequence[DayValue], towards: float) -> float | None:
    """The largest change in four weeks in the direction of `towards` (+1 or −1), 0 or more; None
    where no two values lie four weeks apart. `values` are sorted by day.
    """
    steps = [
        (late.value - early.value) * towards
        for late in values
        if (early := _before(values, late.day - dt.timedelta(days=FOUR_WEEKS))) is not None
    ]
    return max(0.0, *steps) if steps else None


def ambition(
    values: Sequence[DayValue], target: float | None, target_day: dt.date | None, today: dt.date
) -> float | None:
    """How many times the best four weeks so far the target asks for, in each four weeks that are
    left (at least one); infinity where nothing ever moved that way; None where nobody can say.
    """
    if not values or target is None or target == values[-1].value:
        return None
    missing = target - values[-1].value
    best = best_change(values, 1.0 if missing > 0 else -1.0)
    if best is None:
        return None
    left = (target_day - today).days / FOUR_WEEKS if target_day else 0.0
    wanted = abs(missing) / max(1.0, left)
    return wanted / best if best else float("inf")


def _before(values: Sequence[DayValue], day: dt.date) -> DayValue | None:
    return next((value for value in reversed(values) if value.day <= day), None)
