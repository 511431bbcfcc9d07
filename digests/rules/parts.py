"""The parts of what stood on the draft day: KPIs, plans, meetings, decisions, risks, a name.

Numbers come twice: raw, and in the words that pages print (`core.formats`). Addresses are paths.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One row of the KPI table on D.

    `change` is v(D) − v(D−7); `side`: "ahead", "on" or "behind" plan, empty where it is not held to
    one; `plan_words`: "22 points behind plan". `is_red`: a guardrail that scores below 25.
    """

    kpi_id: int
    code: str
    name: str
    url: str
    unit: str = ""
    value: float | None = None
    value_words: str = ""
    target: float | None = None
    target_words: str = ""
    baseline: float | None = None
    before: float | None = None
    before_words: str = ""
    change: float | None = None
    change_words: str = ""
    is_better: bool | None = None
    side: str = ""
    plan_words: str = ""
    points: float | None = None
    lost: float = 0.0
    measured_on: dt.date | None = None
    age_words: str = ""
    is_stale: bool = False
    is_guardrail: bool = False
    is_red: bool = False
    is_material: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """An opportunity that stands under now, next or later."""

    pk: int
    problem: str
    url: str
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """The next office hours: `words` in the time zone of the session, which they name."""

    title: str
    starts_at: dt.datetime
    time_zone: str
    words: str
    url: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class NeededLine:
    """An open decision: what, who, by when. `is_due`: within 14 days, or overdue."""

    pk: int
    what: str
    who: str
    by_day: dt.date
    by_words: str
    url: str
    is_due: bool = False
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class RiskLine:
    """An open risk; `severity` goes from 1 to 3, the worst."""

    pk: int
    what: str
    severity: int
    severity_words: str
    owner: str
    until: dt.date
    until_words: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom an answer reaches."""

    name: str
    email: str
