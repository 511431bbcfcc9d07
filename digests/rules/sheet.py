"""An issue as plain values: what a drawing is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from digests.rules.drafts import TEAM
from digests.rules.facts import Facts
from digests.rules.kinds import ItemKind
from digests.rules.told import is_told, is_worth_a_mail
from stakeholders.rules import Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `words`: in the product manager's wording, else as it was drafted.
    `url` and `ask_url` are absolute.
    """

    key: str
    kind: ItemKind
    words: str
    detail: str = ""
    url: str = ""
    ask_url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    is_material: bool = True
    is_red: bool = False
    is_pinned: bool = False
    is_reworded: bool = False
    audience: str = ""

    @property
    def is_open_decision(self) -> bool:
        """Whether somebody has yet to decide."""
        is_open = self.data.get("state", "open") == "open"
        return self.kind is ItemKind.DECISION_NEEDED and is_open

    @property
    def by_day(self) -> dt.date | None:
        """By when to decide."""
        day = self.data.get("by_day")
        return dt.date.fromisoformat(day) if day else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The issue of one product without what the product manager left out: pinned entries first,
    then by weight. `facts` are those of the draft day; addresses in it are paths on `root`.
    """

    product: str
    url: str
    root: str
    week: dt.date
    facts: Facts
    note: str = ""
    entries: tuple[Entry, ...] = ()
    links_only: bool = False

    def told(self, plan: Plan, *, for_team: bool) -> list[Entry]:
        """What a reader of `plan` is told of; what is for the team only with `for_team`."""
        return [
            entry
            for entry in self.entries
            if (for_team or entry.audience != TEAM)
            and is_told(plan, entry, is_pinned=entry.is_pinned)
        ]


def is_material(plan: Plan, entries: Iterable[Entry]) -> bool:
    """Whether any of `entries` is reason enough to write to readers of `plan`."""
    return any(is_worth_a_mail(plan, entry) for entry in entries)
