"""Why the health of a product moved between two days, KPI by KPI (domain.md §4, features H6).

Where health is known on both days, the changes in points lost add up to its change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from health.rules.plans import KpiPlan, ProductPlan
from health.rules.product import Health, Line, Part
from health.rules.settings import Settings

_PLACES = 9
_TERMS = (
    *("baseline", "baseline_date", "target", "target_date", "weight", "cadence", "is_guardrail"),
    *("direction", "window"),
)


class Why(StrEnum):
    """What happened to a KPI between the days."""

    CAME = "came"
    WENT = "went"
    EXEMPT = "exempt"
    COUNTS_AGAIN = "counts_again"
    TARGETED = "targeted"
    UNTARGETED = "untargeted"
    PLAN = "plan"
    VALUE = "value"
    OLDER = "older"
    EXPECTED = "expected"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Explained:
    """Health on a day, with what it was worked out from."""

    health: Health
    plan: ProductPlan
    settings: Settings


@dataclass(frozen=True, slots=True)
class TermChange:
    """One part of a KPI's plan, as it was and as it became; `name` is the field's."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Move:
    """One KPI on both days (None: it was not among them), and what happened to it."""

    then: Line | None
    now: Line | None
    whys: tuple[Why, ...] = ()
    terms: tuple[TermChange, ...] = ()

    @property
    def line(self) -> Line:
        """It as it is known last.

        Raises:
            ValueError: it stands on neither day.
        """
        line = self.now or self.then
        if line is None:
            raise ValueError("A KPI stands on one of the days at least.")
        return line

    @property
    def cost(self) -> float:
        """How many points more it costs than then."""
        return _lost(self.now) - _lost(self.then)


def moves(then: Explained | None, now: Explained | None) -> list[Move]:
    """Every KPI of either day, the largest move first, then by code."""
    before, after = _lines(then), _lines(now)
    held = _plans(then), _plans(now)
    found = [
        _move(before.get(pk), after.get(pk), held[0].get(pk), held[1].get(pk))
        for pk in {**after, **before}
    ]
    return sorted(found, key=lambda move: (-abs(round(move.cost, _PLACES)), move.line.code))


def _move(then: Line | None, now: Line | None, held: KpiPlan | None, holds: KpiPlan | None) -> Move:
    terms = _term_changes(held, holds)
    return Move(then, now, tuple(_whys(then, now, has_new_terms=bool(terms))), terms)


def _term_changes(before: KpiPlan | None, after: KpiPlan | None) -> tuple[TermChange, ...]:
    if before is None or after is None:
        return ()
    return tuple(
        TermChange(name, getattr(before, name), getattr(after, name))
        for name in _TERMS
        if getattr(before, name) != getattr(after, name)
    )


def _whys(then: Line | None, now: Line | None, *, has_new_terms: bool) -> Iterable[Why]:
    if now is None:
        return [Why.WENT]
    if then is None:
        return [Why.CAME]
    found = [*_part_changes(then, now), *([Why.PLAN] if has_new_terms else [])]
    if now.last != then.last or now.value != then.value:
        found.append(Why.VALUE)
    elif round(now.freshness, _PLACES) < round(then.freshness, _PLACES):
        found.append(Why.OLDER)
    elif not found and round((now.expected or 0.0) - (then.expected or 0.0), _PLACES) > 0:
        found.append(Why.EXPECTED)
    if not found and round(_lost(now) - _lost(then), 1):
        found.append(Why.SHARE)
    return found


def _part_changes(then: Line, now: Line) -> Iterable[Why]:
    if then.part == now.part:
        return []
    found = []
    if now.part == Part.EXEMPT:
        found.append(Why.EXEMPT)
    elif then.part == Part.EXEMPT:
        found.append(Why.COUNTS_AGAIN)
    if now.part == Part.UNTARGETED:
        found.append(Why.UNTARGETED)
    elif then.part == Part.UNTARGETED:
        found.append(Why.TARGETED)
    return found


def _lines(found: Explained | None) -> dict[int, Line]:
    return {line.kpi_id: line for line in found.health.lines} if found else {}


def _plans(found: Explained | None) -> dict[int, KpiPlan]:
    return {kpi.kpi_id: kpi for kpi in found.plan.kpis} if found else {}


def _lost(line: Line | None) -> float:
    return line.lost if line else 0.0
