"""What an issue says, as its manager goes through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.formats import count, short_day
from digests.enums import ItemKind
from digests.models import IssueItem
from portfolio.enums import ReleaseAudience

_PLURALS = {
    ItemKind.STATUS: "Status",
    ItemKind.DECISION_NEEDED: "Decisions needed",
    ItemKind.RISK: "Risks",
    ItemKind.KPI: "KPIs",
    ItemKind.DECISION: "Decisions",
    ItemKind.RELEASE: "Releases",
    ItemKind.WIN: "Wins",
    ItemKind.LESSON: "Lessons",
}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One thing that happened. `drafted` is how it was drafted where it is worded otherwise by
    now; `chips` are (word, kind, icon); `names` says it to those who hear the page.
    """

    pk: int
    title: str
    detail: str
    drafted: str
    wording: str
    day: str
    url: str
    chips: list[tuple[str, str, str]]
    is_pinned: bool
    is_red: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Things of one kind."""

    key: str
    label: str
    lines: list[ItemLine]


@dataclass(frozen=True, slots=True)
class ItemsShown:
    """`groups`: what is told, material kinds first; `left_out`: what is not, with the reasons."""

    groups: list[ItemGroup]
    left_out: list[ItemLine]
    summary: str


def items_shown(items: Iterable[IssueItem], today: dt.date) -> ItemsShown:
    """The list of an issue, in the order in which a reader meets it within each kind."""
    rows = sorted(items, key=_order)
    told = [item for item in rows if not item.is_hidden]
    left_out = [_line(item, today) for item in rows if item.is_hidden]
    kinds = dict.fromkeys(item.kind for item in sorted(told, key=_order_of_kinds))
    groups = [
        ItemGroup(
            kind,
            _PLURALS[ItemKind(kind)],
            [_line(item, today) for item in told if item.kind == kind],
        )
        for kind in kinds
    ]
    return ItemsShown(groups, left_out, _summary(told, len(left_out)))


def _order(item: IssueItem) -> tuple[bool, bool, float, int]:
    return (not item.is_pinned, not item.is_material, -item.weight, item.pk)


def _order_of_kinds(item: IssueItem) -> tuple[bool, bool, float, int]:
    return (not item.is_material, not item.is_red, -item.weight, item.pk)


def _line(item: IssueItem, today: dt.date) -> ItemLine:
    return ItemLine(
        pk=item.pk,
        title=str(item),
        detail=item.detail,
        drafted=item.title if item.wording else "",
        wording=item.wording,
        day=short_day(item.day, today),
        url=item.url,
        chips=list(_chips(item)),
        is_pinned=item.is_pinned,
        is_red=item.is_red,
        reason=item.hidden_reason,
    )


def _chips(item: IssueItem) -> Iterable[tuple[str, str, str]]:
    if item.is_red:
        yield "red guardrail", "risk", "shield"
    if item.is_pinned:
        yield "pinned", "accent", "pin"
    if item.audience == ReleaseAudience.TEAM:
        yield "team only", "", "lock"
    if not item.is_material:
        yield "not material", "", ""


def _summary(told: list[IssueItem], left_out: int) -> str:
    if not told:
        return "Nothing to tell." if not left_out else f"Nothing to tell; {left_out} left out."
    material = sum(1 for item in told if item.is_material)
    parts = [count(len(told), "thing"), f"{material} material"]
    if left_out:
        parts.append(f"{left_out} left out")
    return f"{', '.join(parts)}."
