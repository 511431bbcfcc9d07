"""What pages say about a change of many products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.formats import short_day
from portfolio.enums import MemberRole, Stage
from portfolio.models import BulkChangeRow, Product
from portfolio.selectors.bulk import MEMBERS, Names, Planned

LABELS = {
    "portfolio": "Portfolio",
    "team": "Team",
    "function": "Business function",
    "stage": "Stage",
}
NOTHING = "nothing"
GONE = "one that is gone"
SOMEBODY = "someone whose account is gone"


@dataclass(frozen=True, slots=True)
class Move:
    """One field from what it was to what it is; without a `before` the words alone."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One product of a change. `undo` says how its undo went, empty before."""

    name: str
    url: str
    moves: list[Move]
    undo: str = ""


def planned_lines(changes: Iterable[Planned], names: Names) -> list[BulkLine]:
    """What would change, from what to what."""
    return [_line(one.product, one.before, one.after, names) for one in changes]


def done_lines(rows: Iterable[BulkChangeRow], names: Names) -> list[BulkLine]:
    """What was changed, from what to what."""
    return [_line(row.product, row.before, row.after, names, row.undo) for row in rows]


def _line(
    product: Product,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Names,
    undo: str = "",
) -> BulkLine:
    moves = [
        Move(label, _word(kind, before[key], names), _word(kind, after[key], names))
        for kind, label in LABELS.items()
        for key in (kind, f"{kind}_id")
        if key in after
    ]
    moves += _member_moves(before.get(MEMBERS, {}), after.get(MEMBERS, {}), names)
    return BulkLine(product.name, product.get_absolute_url(), moves, undo)


def _word(kind: str, value: Any, names: Names) -> str:
    if value is None:
        return NOTHING
    return Stage(value).label if kind == "stage" else names[kind].get(value, GONE)


def _member_moves(then: Mapping[str, Any], now: Mapping[str, Any], names: Names) -> list[Move]:
    label = MemberRole.MANAGER.label
    moves = []
    for pk, facts in now.items():
        who = names["manager"].get(int(pk), SOMEBODY)
        if facts is None:
            words = f"{who} leaves"
        elif then[pk] is None:
            words = f"{who} joins"
        else:
            words = f"{who}, so far a contributor"
        moves.append(Move(label, "", words))
    return moves


def wanted_words(fields: Mapping[str, Any], names: Names) -> str:
    """What was set, in one line: "Team: Rosters · Stage: Growth"."""
    parts = [
        f"{label}: {_word(kind, fields[kind], names)}"
        for kind, label in LABELS.items()
        if kind in fields
    ]
    if "manager" in fields:
        who = names["manager"].get(fields["manager"], SOMEBODY)
        how = "instead of the others" if fields.get("replaces") else "beside the others"
        parts.append(f"{MemberRole.MANAGER.label}: {who}, {how}")
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class BulkChangeLine:
    """One change in the list of one's own."""

    what: str
    url: str
    on: str
    products: int
    undone: str


def change_lines(changes: Iterable[Any], names: Names, today: dt.date) -> list[BulkChangeLine]:
    """The list of changes, from `selectors.bulk.bulk_changes`."""
    return [
        BulkChangeLine(
            wanted_words(change.fields, names),
            change.get_absolute_url(),
            short_day(change.on, today),
            change.products,
            f"on {short_day(change.undone_on, today)}" if change.undone_on else "",
        )
        for change in changes
    ]
