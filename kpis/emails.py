"""The mails about KPIs: plain facts in, subject and both bodies out."""

from __future__ import annotations

from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class ExemptionAnswer:
    """What somebody decided on a request to exempt a KPI; `answer` are their own words."""

    name: str
    kpi: str
    days: str
    is_approved: bool
    who: str
    answer: str
    url: str


@dataclass(frozen=True, slots=True)
class ExemptionReopened:
    """A decision that was told already is taken back: the request waits again."""

    name: str
    kpi: str
    days: str
    who: str
    url: str


def render_exemption_answer(mail: ExemptionAnswer) -> Rendered:
    """What whoever asked for an exemption is told of the decision."""
    return render_mail("kpis/exemption_answer", {"mail": mail})


def render_exemption_reopened(mail: ExemptionReopened) -> Rendered:
    """What they are told where the decision they had read of stands no more."""
    return render_mail("kpis/exemption_reopened", {"mail": mail})
