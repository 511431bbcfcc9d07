"""Progress and score of one KPI, freshness and signal (domain.md §4)."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from health.rules.plans import Audience, KpiPlan, ProductPlan
from health.rules.settings import Settings
from health.rules.values import KpiFact
from kpis.rules import Direction, Group


class Score(NamedTuple):
    """How one KPI does against its plan: `a`, `e`, 0–100 points.

    `gap`: for a KPI whose job is to hold a level, the distance on its wrong side; else None.
    """

    progress: float
    expected: float
    points: float
    gap: float | None = None


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """`value`, but not below `low` nor above `high`."""
    if value > low:
        return min(high, value)
    return low


def progress(value: float, baseline: float, target: float) -> float:
    """`a`: 1 = target met, negative = worse than where we started; `target` ≠ `baseline`."""
    way, whole = value - baseline, target - baseline
    if math.isinf(way) or math.isinf(whole):
        way, whole = value / 2 - baseline / 2, target / 2 - baseline / 2
    return clamp(way / whole, -sys.float_info.max, sys.float_info.max)


def expected_progress(
    day: dt.date, baseline_date: dt.date | None, target_date: dt.date | None
) -> float:
    """`e`: how far the plan expects us; an open target date means now."""
    if baseline_date is not None and day < baseline_date:
        return 0.0
    if target_date is None or baseline_date is None or day >= target_date:
        return 1.0
    return (day - baseline_date).days / (target_date - baseline_date).days


def hold_band(target: float) -> float:
    """How far off its level a KPI to hold may be before it scores 0: 10 % of the target, or 1."""
    return abs(target) * 0.1 if target else 1.0


def is_hold(direction: str, baseline: float, target: float) -> bool:
    """Whether the job is to stay: the baseline is at, beyond, or nearly at the target."""
    if direction == Direction.NONE:
        return baseline == target
    missing = hold_gap(direction, baseline, target)
    return missing <= 0 or missing < hold_band(target)


def hold_gap(direction: str, value: float, target: float) -> float:
    """Distance to the target on the wrong side, negative beyond it; for none both are wrong."""
    if direction == Direction.UP:
        return target - value
    if direction == Direction.DOWN:
        return value - target
    return abs(value - target)


def hold_points(direction: str, value: float, target: float) -> float:
    """100 at or beyond the target, 0 from one band on its wrong side."""
    gap, band = hold_gap(direction, value, target), hold_band(target)
    if gap <= 0:
        return 100.0
    return 0.0 if gap >= band else 100.0 * (1.0 - gap / band)


def kpi_score(plan: KpiPlan, fact: KpiFact, day: dt.date) -> Score | None:
    """`a`, `e` and the score on `day`; None for a KPI without baseline or target."""
    if plan.baseline is None or plan.target is None:
        return None
    started = plan.baseline_date or fact.first
    expected = expected_progress(day, started, plan.target_date)
    if plan.baseline == plan.target:
        done = 1.0 if hold_gap(plan.direction, fact.value, plan.target) <= 0 else 0.0
    else:
        done = progress(fact.value, plan.baseline, plan.target)
    if is_hold(plan.direction, plan.baseline, plan.target):
        gap = max(hold_gap(plan.direction, fact.value, plan.target), 0.0)
        gap = min(gap, sys.float_info.max)
        return Score(done, expected, hold_points(plan.direction, fact.value, plan.target), gap)
    return Score(done, expected, 100.0 * clamp(1.0 - max(0.0, expected - done)))


def freshness(age: int, cadence: int) -> float:
    """How much a value counts `age` days after it was measured: 1 to one cadence, 0 from three."""
    return clamp((3 * cadence - age) / (2 * cadence))


def signal(plan: ProductPlan, group: str, settings: Settings) -> float:
    """How much `group` says about this product: forced use is noise (essay 001)."""
    if group != Group.ADOPTION:
        return 1.0
    return adoption_signal(plan, settings)


def adoption_signal(plan: ProductPlan, settings: Settings) -> float:
    """Choice factor × exchange factor, weighted by head-count over audiences with people."""
    people = sum(one.head_count for one in plan.audiences)
    if people <= 0:
        return settings.choice_signal(plan.choice, plan.exchange)
    return sum(_heard(one, settings) for one in plan.audiences) / people


def _heard(audience: Audience, settings: Settings) -> float:
    return _free(audience, settings) * audience.head_count


@dataclass(frozen=True, slots=True)
class AudienceUse:
    """How many of an audience's people used the product lately: the latest `mau` of the segment
    named as its persona; None: nobody has measured.
    """

    audience: Audience
    active: float | None

    @property
    def counted(self) -> float | None:
        """`active`, never more than there are people."""
        return None if self.active is None else min(self.active, self.audience.head_count)


@dataclass(frozen=True, slots=True)
class EarnedAdoption:
    """Raw and earned adoption as shares of one, None where an audience was not measured.

    `is_noise`: use says nothing. `is_single`: with one audience earned is raw, and the signal says
    what there is to say.
    """

    raw: float | None
    earned: float | None
    signal: float
    is_noise: bool
    is_single: bool = False


def earned_adoption(uses: Sequence[AudienceUse], settings: Settings) -> EarnedAdoption | None:
    """Adoption weighted by how freely people come (domain.md, "Earned adoption"); None without
    people. Σ signal·active / Σ signal·eligible; audiences without people count nowhere.
    """
    peopled = [use for use in uses if use.audience.head_count > 0]
    eligible = sum(use.audience.head_count for use in peopled)
    if not peopled:
        return None
    heard = sum(_heard(use.audience, settings) for use in peopled)
    raw = earned = None
    active = [use.counted for use in peopled]
    known = [amount for amount in active if amount is not None]
    if len(known) == len(peopled):
        raw = sum(known) / eligible
        pairs = zip(peopled, known, strict=True)
        free = sum(_free(use.audience, settings) * amount for use, amount in pairs)
        earned = free / heard if heard else None
    share = heard / eligible
    return EarnedAdoption(
        raw=raw,
        earned=earned,
        signal=share,
        is_noise=round(share, 9) <= settings.no_signal_up_to,
        is_single=len(peopled) == 1,
    )


def _free(audience: Audience, settings: Settings) -> float:
    return settings.choice_signal(audience.choice, audience.exchange)
