"""Which events each communication plan is told of (domain.md §6, the variants)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from digests.rules.kinds import ItemKind
from stakeholders.rules import Plan

KINDS: Mapping[Plan, frozenset[ItemKind]] = {
    Plan.BRIEF: frozenset({ItemKind.STATUS, ItemKind.DECISION_NEEDED, ItemKind.RISK, ItemKind.KPI}),
    Plan.ROADMAP: frozenset(ItemKind),
    Plan.NEWSLETTER: frozenset({ItemKind.STATUS, ItemKind.RELEASE, ItemKind.WIN, ItemKind.LESSON}),
}
# The brief has room for so many KPIs, and for the one decision.
MOST_KPIS = 3
MOST_NEEDED = 1
WORST = 3


class Event(Protocol):
    """An item, of an issue or just drafted."""

    @property
    def kind(self) -> str:
        """An `ItemKind`."""

    @property
    def is_material(self) -> bool:
        """Worth a mail by itself."""

    @property
    def is_red(self) -> bool:
        """A guardrail in the red."""

    @property
    def data(self) -> Mapping[str, Any]:
        """Its numbers and words."""


def is_told(plan: str, event: Event, *, is_pinned: bool = False) -> bool:
    """Whether a mail of this plan tells of the event. Those that the product manager left out, and
    those for the team alone, are not asked about.

    A guardrail in the red is told to everybody: whoever hears of wins hears of trouble too. A KPI
    that moved less than matters is told where it is red or pinned; the brief is told of the worst
    risks alone, unless one is pinned.
    """
    if event.is_red:
        return True
    if event.kind not in KINDS[Plan(plan)]:
        return False
    if event.kind == ItemKind.KPI:
        return event.is_material or is_pinned
    if event.kind == ItemKind.RISK and plan == Plan.BRIEF:
        return is_pinned or int(event.data.get("severity", 0)) >= WORST
    return True


def is_worth_a_mail(plan: str, event: Event) -> bool:
    """Whether the event alone is reason enough to write to readers of this plan; a guardrail in the
    red is none where the plan is not about KPIs.
    """
    return event.is_material and event.kind in KINDS[Plan(plan)] and is_told(plan, event)
