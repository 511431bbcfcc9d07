"""How much an item matters beside the others: what has no room goes from the end."""

from __future__ import annotations

from collections.abc import Mapping

from digests.rules.kinds import ItemKind
from portfolio.rules import SOON_DAYS

RED = 100.0
_KPI, _SMALL_KPI, _BY_SIZE = 60.0, 20.0, 9.0
_DUE, _NEEDED, _NEEDED_ENDED = 90.0, 55.0, 48.0
_BY_DAY = 9.0
_RISKS: Mapping[int, float] = {3: 70.0, 2: 45.0, 1: 40.0}
_STANDING_RISK = 5.0
_KINDS: Mapping[ItemKind, float] = {
    ItemKind.STATUS: 80.0,
    ItemKind.DECISION: 50.0,
    ItemKind.WIN: 34.0,
    ItemKind.LESSON: 32.0,
    ItemKind.RELEASE: 30.0,
}


def weight_of_kind(kind: ItemKind) -> float:
    """Of a status crossing, a decision, a release, a win, a lesson."""
    return _KINDS[kind]


def weight_of_kpi(share: float | None, *, is_red: bool, is_material: bool) -> float:
    """Red before all others, then by the share of the whole way that it moved."""
    moved = _BY_SIZE * min(0.5 if share is None else share, 1.0)
    if is_red:
        return RED + moved
    return (_KPI if is_material else _SMALL_KPI) + moved


def weight_of_needed(days_left: int | None) -> float:
    """An open decision by the days that are left, fewer than none when it is overdue; None: it has
    been taken or dropped.
    """
    if days_left is None:
        return _NEEDED_ENDED
    if days_left > SOON_DAYS:
        return _NEEDED
    return _DUE + _BY_DAY * (1 - max(days_left, 0) / SOON_DAYS)


def weight_of_risk(severity: int, *, is_news: bool) -> float:
    """By severity; what merely goes on stands behind what is new or changed."""
    return _RISKS[severity] - (0.0 if is_news else _STANDING_RISK)
