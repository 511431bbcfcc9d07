"""How much a group of metrics counts in a stage, as far as apps above know: what matters changes
while a product grows older (essay 002).

The factors belong to the formula of health, which lies above; it hands them in here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from core.formats import number
from core.registry import Registry

USUAL_WEIGHT = 3


class Factors(Protocol):
    """The part of the settings in force that speaks of stages."""

    def stage_factor(self, stage: str, group: str) -> float:
        """How much `group` matters in `stage`, 1 where nothing is said of it."""
        ...

    def expected_groups(self, stage: str, groups: Iterable[str] = ()) -> list[str]:
        """Groups that `stage` expects to be measured."""
        ...


class _Even:
    """Every group counts the same; what holds where no app says otherwise."""

    def stage_factor(self, stage: str, group: str) -> float:
        return 1.0

    def expected_groups(self, stage: str, groups: Iterable[str] = ()) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class StageSource:
    """`current()` asks for the factors in force: at most one query."""

    key: str
    current: Callable[[], Factors]


_sources = Registry[StageSource]("sources of stage factors")
register = _sources.register


def current_factors() -> Factors:
    """The factors in force."""
    for source in _sources:
        return source.current()
    return _Even()


_WORDS = {
    0.0: "does not count",
    0.25: "counts a quarter",
    0.5: "counts half",
    0.75: "counts three quarters",
    1.0: "counts in full",
    1.25: "counts one and a quarter times",
    1.5: "counts one and a half times",
    2.0: "counts twice",
}


def factor_words(factor: float) -> str:
    """A stage factor as a person would say it."""
    return _WORDS.get(factor) or f"counts {number(factor)} times"


def suggested_weight(weight: int, factor: float) -> int:
    """The weight to think about: the stage itself already says how much the group counts, so a
    KPI of an expected group weighs at least as usual, any other at most as usual.
    """
    return max(weight, USUAL_WEIGHT) if factor >= 1 else min(weight, USUAL_WEIGHT)


def is_review_due(stage_since: dt.date, created_on: dt.date, reviewed_on: dt.date | None) -> bool:
    """Whether the KPIs are to be gone through since the stage changed; `reviewed_on`: the day of
    the last review in this very stage. A product in its first stage needs none.
    """
    if stage_since <= created_on:
        return False
    return reviewed_on is None or reviewed_on < stage_since
