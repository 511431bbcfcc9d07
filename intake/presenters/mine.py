"""The list “My requests” in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.formats import short_day
from core.periods import local_date
from intake.enums import VoiceKind
from intake.presenters.following import status_label
from intake.selectors.mine import Counts

_TABS = (("open", "Open"), ("closed", "Closed"), ("all", "All"))


@dataclass(frozen=True, slots=True)
class MineLine:
    """One of one's requests."""

    reference: str
    url: str
    goal: str
    product: str
    label: str
    role: str
    changed: str


def mine_lines(rows: Iterable[Any], zone: str) -> list[MineLine]:
    """The lines, on days of the time zone; what was found to be the same as another stands as that
    one does.
    """
    return [
        MineLine(
            reference=row.reference,
            url=row.get_absolute_url(),
            goal=row.goal,
            product=row.product.name,
            label=status_label(row.duplicate_of or row),
            role="withdrew" if row.left else _role(row.own_kind),
            changed=short_day(local_date(row.changed_at, zone)),
        )
        for row in rows
    ]


def _role(kind: str) -> str:
    return "asked" if kind == VoiceKind.REQUESTER else "joined"


def tabs(state: str, amounts: Counts) -> list[dict[str, object]]:
    """Open, closed, all, each with how many."""
    many = {"open": amounts.open, "closed": amounts.closed, "all": amounts.total}
    return [
        {
            "label": label,
            "url": f"?state={key}",
            "is_current": key == state or (key == "all" and state not in many),
            "count": many[key],
        }
        for key, label in _TABS
    ]
