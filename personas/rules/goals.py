"""Goals, tasks and judgements of fit: hours at stake, rhythm, gaps, doubles (domain.md §2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.rules import Stage

WEEKS_A_MONTH = 52 / 12
FEWEST_GOALS, FEWEST_TASKS = 1, 3
VALID_DAYS = 180
"""An observation older than this validates nothing any more."""

NO_FIT, SERVES, SERVES_WELL, DELIGHTS = 0, 2, 3, 4
LOWEST_RHYTHM, HIGHEST_RHYTHM = 0, 100
SERVING_STAGES = frozenset({Stage.PILOT, Stage.ROLLOUT, Stage.GROWTH, Stage.MATURE})


class GoalKind(StrEnum):
    """What a goal is about: getting something done, how it feels, how others see it."""

    FUNCTIONAL = "functional"
    EMOTIONAL = "emotional"
    SOCIAL = "social"


class EvidenceState(StrEnum):
    """Whether somebody has looked at real people lately."""

    NEVER = "never"
    FRESH = "fresh"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Work:
    """One task: minutes each, times a month and person, planned or not."""

    minutes: float
    times_a_month: float
    is_planned: bool = True

    @property
    def minutes_a_month(self) -> float:
        """What it costs one person."""
        return self.minutes * self.times_a_month


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well one product, in its stage, serves a goal."""

    stage: str
    level: int


def minutes_a_week(minutes_a_month: float | None, head_count: int | None) -> float | None:
    """Minutes at stake in a goal: Σ minutes × times a month × 12/52 × head-count (domain.md §2).

    None where no task or no head-count is known: not knowing is not zero.
    """
    if minutes_a_month is None or head_count is None:
        return None
    return minutes_a_month / WEEKS_A_MONTH * head_count


def suggested_rhythm(tasks: Iterable[Work]) -> int | None:
    """The share of unplanned minutes, 0 predictable … 100 reactive; None without any minutes."""
    known = list(tasks)
    total = sum(task.minutes_a_month for task in known)
    if total <= 0:
        return None
    unplanned = sum(task.minutes_a_month for task in known if not task.is_planned)
    # Half up, as people round.
    return min(HIGHEST_RHYTHM, int(100 * unplanned / total + 0.5))


def missing_parts(goals: int, tasks: int) -> list[tuple[int, str]]:
    """What a persona lacks to be complete, as (how many, of what)."""
    lacking = ((FEWEST_GOALS - goals, "goal"), (FEWEST_TASKS - tasks, "task"))
    return [(amount, what) for amount, what in lacking if amount > 0]


def evidence_state(validated_on: dt.date | None, today: dt.date) -> EvidenceState:
    """How far the newest observation carries: fresh up to and on the 180th day."""
    if validated_on is None:
        return EvidenceState.NEVER
    age = (today - validated_on).days
    return EvidenceState.EXPIRED if age > VALID_DAYS else EvidenceState.FRESH


def is_gap(judgements: Iterable[Judgement]) -> bool:
    """Whether no product in stage pilot … mature serves the goal with a fit of 2 or more."""
    return not any(one.level >= SERVES and one.stage in SERVING_STAGES for one in judgements)


def is_served_twice(judgements: Sequence[Judgement]) -> bool:
    """Whether two products or more fit well (3 or more): a candidate for one shared tool.

    A retired product serves nobody.
    """
    return len(serving_well(judgements)) >= 2


def serving_well(judgements: Sequence[Judgement]) -> list[int]:
    """The places of the judgements that count as serving well."""
    return [
        place
        for place, one in enumerate(judgements)
        if one.level >= SERVES_WELL and one.stage != Stage.RETIRED
    ]
