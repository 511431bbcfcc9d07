"""Decisions needed and risks in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import count, short_day
from core.periods import local_date
from portfolio.enums import DecisionState, RiskState, Severity
from portfolio.models import DecisionNeeded, Product, Risk
from portfolio.rules import Due, due

_DUE_CHIPS = {Due.OVERDUE: ("risk", "alert-triangle"), Due.SOON: ("watch", "clock")}
_SEVERITY_CHIPS = {Severity.STOPS: "risk", Severity.HURTS: "watch"}
_STATE_CHIPS: dict[str, tuple[str, str]] = {
    DecisionState.DECIDED: ("accent", "check"),
    RiskState.HAPPENED: ("risk", "alert-triangle"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A small label."""

    words: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A decision or a risk that is open. `pressing` is None where its day is far."""

    pk: int
    what: str
    url: str
    who: str
    day: str
    iso_day: str
    pressing: Chip | None
    severity: Chip | None = None
    severity_note: str = ""


@dataclass(frozen=True, slots=True)
class EndedLine:
    """A decision or a risk that has ended."""

    what: str
    url: str
    noun: str
    state: Chip
    day: str
    iso_day: str


def needed_line(product: Product, needed: DecisionNeeded, today: dt.date) -> OpenLine:
    """One decision in words."""
    return OpenLine(
        pk=needed.pk,
        what=needed.what,
        url=reverse("portfolio:needed_detail", args=[product.slug, needed.pk]),
        who=needed.who,
        day=short_day(needed.by_day, today),
        iso_day=needed.by_day.isoformat(),
        pressing=_pressing(needed.by_day, today, "overdue"),
    )


def risk_line(product: Product, risk: Risk, today: dt.date) -> OpenLine:
    """One risk in words."""
    severity = Severity(risk.severity)
    number, _, note = severity.label.partition(": ")
    return OpenLine(
        pk=risk.pk,
        what=risk.what,
        url=reverse("portfolio:risk_detail", args=[product.slug, risk.pk]),
        who=risk.owner,
        day=short_day(risk.until, today),
        iso_day=risk.until.isoformat(),
        pressing=_pressing(risk.until, today, "past"),
        severity=Chip(f"severity {number}", _SEVERITY_CHIPS.get(severity, "")),
        severity_note=note,
    )


def needed_lines(
    product: Product, rows: Iterable[DecisionNeeded], today: dt.date
) -> list[OpenLine]:
    """Open decisions in words."""
    return [needed_line(product, row, today) for row in rows]


def risk_lines(product: Product, rows: Iterable[Risk], today: dt.date) -> list[OpenLine]:
    """Open risks in words."""
    return [risk_line(product, row, today) for row in rows]


def ended_lines(
    product: Product, rows: Iterable[Mapping[str, Any]], today: dt.date, zone: str
) -> list[EndedLine]:
    """What has ended in words (rows of `selectors.ended_entries`), on days of the time zone."""
    return [_ended_line(product, row, today, zone) for row in rows]


def _ended_line(product: Product, row: Mapping[str, Any], today: dt.date, zone: str) -> EndedLine:
    is_risk = row["kind"] == "risk"
    day = local_date(row["ended_at"], zone)
    name = "portfolio:risk_detail" if is_risk else "portfolio:needed_detail"
    return EndedLine(
        what=row["what"],
        url=reverse(name, args=[product.slug, row["pk"]]),
        noun="risk" if is_risk else "decision",
        state=state_chip(RiskState(row["state"]) if is_risk else DecisionState(row["state"])),
        day=short_day(day, today),
        iso_day=day.isoformat(),
    )


def state_chip(state: DecisionState | RiskState) -> Chip:
    """How a decision or a risk stands."""
    kind, icon = _STATE_CHIPS.get(state, ("", ""))
    return Chip(str(state.label).lower(), kind, icon)


def ended_day(row: DecisionNeeded | Risk, today: dt.date, zone: str) -> str:
    """The day, in the time zone, on which it ended; "" while it is open."""
    return short_day(local_date(row.ended_at, zone), today) if row.ended_at else ""


def _pressing(day: dt.date, today: dt.date, over: str) -> Chip | None:
    pace = due(day, today)
    if pace == Due.LATER:
        return None
    kind, icon = _DUE_CHIPS[pace]
    if pace == Due.OVERDUE:
        return Chip(f"{over} by {count((today - day).days, 'day')}", kind, icon)
    left = (day - today).days
    words = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return Chip(words, kind, icon)
