"""A KPI on D as the digest shows it: its row of the table, and what its week was worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.formats import age, measure
from digests.rules.materiality import is_material_move, weekly_change
from digests.rules.parts import KpiLine
from digests.rules.sentences import aim_words, change_words
from health.rules import KpiPlan, Line, Part, Settings, against_plan, hold_band, is_hold
from kpis.rules import Direction

_PLACES = 9


@dataclass(frozen=True, slots=True)
class Measured:
    """A KPI on D. `before` is v(D−7), `earlier` are the 8 weekly changes before this one."""

    plan: KpiPlan
    line: Line
    before: float | None = None
    earlier: Sequence[float | None] = ()

    @property
    def change(self) -> float | None:
        """Δ = v(D) − v(D−7)."""
        return weekly_change(self.line.value, self.before)

    @property
    def band(self) -> float | None:
        """How far off its level a KPI to hold may be; None for any other."""
        plan = self.plan
        if plan.baseline is None or plan.target is None:
            return None
        held = is_hold(plan.direction, plan.baseline, plan.target)
        return hold_band(plan.target) if held else None

    @property
    def way(self) -> float | None:
        """|target − baseline|; None for an untargeted KPI."""
        plan = self.plan
        if plan.baseline is None or plan.target is None:
            return None
        return abs(plan.target - plan.baseline)

    @property
    def is_material(self) -> bool:
        """Whether its move of the week is worth a mail (domain.md §6)."""
        return is_material_move(self.change, self.earlier, self.way, self.band)

    @property
    def share(self) -> float | None:
        """How much of the whole way, or of the band, it moved; None where there is none."""
        reach = self.way if self.band is None else self.band
        return abs(self.change or 0.0) / reach if reach else None

    def aim(self, day: dt.date) -> str:
        """What it is held to, as a clause."""
        plan = self.plan
        target = plan.target if plan.is_targeted else None
        is_held = self.band is not None
        return aim_words(target, plan.unit, plan.target_date, day, is_hold=is_held)


def is_red(line: Line, settings: Settings) -> bool:
    """A guardrail that scores below 25; one that is dead or exempt is missing, not red."""
    if not line.is_guardrail or line.part != Part.SCORED or line.points is None:
        return False
    return line.freshness > 0 and round(line.points, _PLACES) < settings.guardrail_risk_below


def kpi_line(one: Measured, url: str, settings: Settings) -> KpiLine:
    """The row of the KPI table."""
    plan, line, change = one.plan, one.line, one.change
    return KpiLine(
        kpi_id=plan.kpi_id,
        code=plan.code,
        name=plan.label,
        url=url,
        unit=plan.unit,
        value=line.value,
        value_words=measure(line.value, plan.unit),
        target=plan.target,
        target_words="" if plan.target is None else measure(plan.target, plan.unit),
        baseline=plan.baseline,
        before=one.before,
        before_words="" if one.before is None else measure(one.before, plan.unit),
        change=change,
        change_words="unchanged in a week"
        if change == 0
        else change_words(one.before, line.value, plan.unit),
        is_better=_is_better(plan, change),
        side=_side(line),
        plan_words=against_plan(line),
        points=line.points,
        lost=line.lost,
        measured_on=line.last,
        age_words="" if line.age is None else age(line.age),
        is_stale=line.is_stale,
        is_guardrail=line.is_guardrail,
        is_red=is_red(line, settings),
        is_material=one.is_material,
    )


def _is_better(plan: KpiPlan, change: float | None) -> bool | None:
    """Whether the move went the way that the plan wants; None where it has none."""
    if not change:
        return None
    if plan.direction in (Direction.UP, Direction.DOWN):
        return (change > 0) == (plan.direction == Direction.UP)
    if plan.baseline is None or plan.target is None or plan.baseline == plan.target:
        return None
    return (change > 0) == (plan.target > plan.baseline)


def _side(line: Line) -> str:
    if line.points is None:
        return ""
    if round(100 - line.points, _PLACES) > 0:
        return "behind"
    return "ahead" if against_plan(line).startswith("ahead") else "on"
