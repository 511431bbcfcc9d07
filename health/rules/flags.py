"""Warnings that stand beside the score and never inside it (domain.md §4, Flags)."""

from __future__ import annotations

from health.rules.plans import ProductPlan
from health.rules.product import Health, Line, Part
from health.rules.settings import Status
from kpis.rules import Group
from portfolio.rules import Choice

MANY_DEPENDANTS = 5
_ENPS = "enps"


def hides_dissatisfaction(plan: ProductPlan, health: Health) -> bool:
    """Adoption is on plan, eNPS is below where it started, and people are not free to leave."""
    if plan.choice == Choice.OPTIONAL:
        return False
    adopted = any(line.group == Group.ADOPTION and _is_on_plan(line) for line in health.lines)
    return adopted and _is_below_baseline(plan, health)


def _is_on_plan(line: Line) -> bool:
    """`a` ≥ `e`, or for a hold the full score."""
    if line.part != Part.SCORED or line.progress is None or line.expected is None:
        return False
    return line.points == 100 if line.is_hold else line.progress >= line.expected


def _is_below_baseline(plan: ProductPlan, health: Health) -> bool:
    baselines = {kpi.kpi_id: kpi.baseline for kpi in plan.kpis if kpi.code == _ENPS}
    for line in health.lines:
        baseline = baselines.get(line.kpi_id)
        if baseline is not None and line.value is not None and line.value < baseline:
            return True
    return False


def is_bottleneck(status: str, dependants: int) -> bool:
    """Many products stand on one that is not healthy."""
    return dependants >= MANY_DEPENDANTS and status in (Status.WATCH, Status.AT_RISK)


def stale_lines(health: Health) -> list[Line]:
    """KPIs whose figures are older than they should be, the oldest first."""
    late = [line for line in health.lines if line.part == Part.SCORED and line.is_stale]
    return sorted(late, key=lambda line: (-(line.age or 0), line.code))
