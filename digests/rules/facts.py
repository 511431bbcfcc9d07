"""What stood on the draft day: the state of a product, beside what happened in the week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from digests.rules.parts import Ahead, Contact, KpiLine, Meeting, NeededLine, RiskLine
from digests.rules.plain import built, plain


@dataclass(frozen=True, slots=True)
class Facts:
    """A product on D, as an issue keeps it.

    `status_before`, `health_before` and `stage_before` are those of the last issue, else of D−7;
    empty where there was neither; `day_before` is the D that they are of. `health` is None where it
    is not known. `now`, `next`, `later` have up to five opportunities each, in the order of the
    board. `requests_closed` counts the event week, `requests_open` stands at the draft. `run_cost`
    is a year's, in the organisation's currency. `decisions` (soonest first) and `risks` (worst
    first) are all that are open.
    """

    product_id: int
    name: str
    slug: str
    url: str
    day: dt.date
    mission: str = ""
    people_word: str = "users"
    stage: str = ""
    stage_words: str = ""
    stage_before: str = ""
    stage_before_words: str = ""
    status: str = "unknown"
    status_words: str = ""
    status_before: str = ""
    status_before_words: str = ""
    health: float | None = None
    health_words: str = ""
    health_before: float | None = None
    health_before_words: str = ""
    day_before: dt.date | None = None
    reason: str = ""
    kpis: tuple[KpiLine, ...] = ()
    now: tuple[Ahead, ...] = ()
    next: tuple[Ahead, ...] = ()
    later: tuple[Ahead, ...] = ()
    opportunities_url: str = ""
    next_meeting: Meeting | None = None
    requests_closed: int = 0
    requests_open: int = 0
    ask_url: str = ""
    run_cost: int | None = None
    run_cost_words: str = ""
    decisions: tuple[NeededLine, ...] = ()
    risks: tuple[RiskLine, ...] = ()
    manager: Contact | None = None

    @property
    def status_changed(self) -> bool:
        """Whether it crossed into another status since the last issue."""
        return bool(self.status_before) and self.status_before != self.status

    @property
    def was_a_week_ago(self) -> bool:
        """Whether what stood before is of exactly a week ago; issues of old don't say."""
        return self.day_before == self.day - dt.timedelta(days=7)

    @property
    def stage_changed(self) -> bool:
        """Whether it is in another stage than at the last issue."""
        return bool(self.stage_before) and self.stage_before != self.stage

    @property
    def red(self) -> tuple[KpiLine, ...]:
        """Guardrails in the red."""
        return tuple(line for line in self.kpis if line.is_red)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as `Issue.facts` keeps them."""
        found: dict[str, Any] = plain(self)
        return found

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The facts that an issue keeps, of this week or of any before."""
        return built(cls, values)
