"""Exemptions in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import count, short_day
from kpis.enums import ExemptionState
from kpis.models import Exemption, Kpi

GONE = "someone whose account is gone"


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """Days on which the KPI does not count, or would not if it were approved.

    Addresses are empty where there is nothing to do.
    """

    days: str
    state: str
    kind: str
    reason: str
    told: str
    answer: str
    left: str
    end_url: str
    decide_url: str
    withdraw_url: str


def exemption_lines(
    kpi: Kpi, exemptions: Iterable[Exemption], today: dt.date, viewer: Any = None
) -> list[ExemptionLine]:
    """Exemptions with what can be done about them; taking back a request is for who asked."""
    return [_line(kpi, each, today, viewer) for each in exemptions]


def _line(kpi: Kpi, one: Exemption, today: dt.date, viewer: Any) -> ExemptionLine:
    asked = one.state == ExemptionState.ASKED
    runs = one.state == ExemptionState.APPROVED and one.ends_on >= today
    is_mine = viewer is not None and one.asked_by_id == viewer.pk
    address = [kpi.product.slug, kpi.pk, one.pk]
    return ExemptionLine(
        days=days_words(one, today),
        state="" if one.state == ExemptionState.APPROVED else str(one.get_state_display()).lower(),
        kind="watch" if asked else "",
        reason=one.reason,
        told=told_words(one),
        answer=one.answer,
        left=left_words(one, today),
        end_url=reverse("kpis:exemption_end", args=address) if runs else "",
        decide_url=reverse("kpis:exemption_decide", args=address) if asked else "",
        withdraw_url=reverse("kpis:exemption_withdraw", args=address) if asked and is_mine else "",
    )


def days_words(one: Exemption, today: dt.date) -> str:
    """The days of an exemption, both ends included."""
    return f"{short_day(one.starts_on, today)} to {short_day(one.ends_on, today)}"


def told_words(one: Exemption) -> str:
    """Who asked and who decided, in a sentence."""
    if one.state == ExemptionState.ASKED:
        return f"{one.asked_by or GONE} asked for it; it counts as usual until it is approved."
    if one.state == ExemptionState.REFUSED:
        return f"Refused by {one.approver or GONE}."
    return f"Approved by {one.approver or GONE}."


def left_words(one: Exemption, today: dt.date) -> str:
    """When an approved exemption begins or expires by itself; empty once it is over."""
    if one.state != ExemptionState.APPROVED or one.ends_on < today:
        return ""
    if one.starts_on > today:
        return f"begins in {count((one.starts_on - today).days, 'day')}"
    left = (one.ends_on - today).days
    return f"ends in {count(left, 'day')}" if left else "ends today"
