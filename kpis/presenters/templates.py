"""Templates of KPIs in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from core.formats import count, number, short_day
from kpis.selectors.templates import Offer
from kpis.stages import factor_words
from kpis.templates import AMBITIOUS


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One template; `plan_url` and `standing` speak of the KPI that measures it already."""

    offer: Offer
    metric: str
    unit: str
    tells: str
    measure: str
    counts: str
    usual: str
    guardrail: str
    baseline: str
    target: str
    plan_url: str
    standing: str
    warning: str


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Templates of one kind; `anchor` is the group of metrics, for links."""

    kind: str
    anchor: str
    is_expected: bool
    lines: list[OfferLine]


def offer_groups(offers: Iterable[Offer]) -> list[OfferGroup]:
    """Templates by kind, in their order."""
    groups, anchors = [], set[str]()
    for kind, members in groupby(offers, key=lambda offer: offer.template.kind):
        lines = [_line(offer) for offer in members]
        group = str(lines[0].offer.metric.group)
        anchor = group if group not in anchors else ""
        anchors.add(group)
        groups.append(OfferGroup(kind, anchor, lines[0].offer.is_expected, lines))
    return groups


def _line(offer: Offer) -> OfferLine:
    template, metric, row = offer.template, offer.metric, offer.row
    return OfferLine(
        offer=offer,
        metric=metric.name,
        unit=metric.unit,
        tells=template.tells,
        measure=template.measure,
        counts=factor_words(offer.factor),
        usual=f"every {count(metric.cadence, 'day')}, weight {template.weight} of 5",
        guardrail=template.guardrail,
        baseline=template.baseline,
        target=template.target,
        plan_url=row.kpi.get_absolute_url() if row else "",
        standing=_standing(offer),
        warning=ambition_words(offer.times),
    )


def _standing(offer: Offer) -> str:
    row = offer.row
    if row is None:
        return ""
    if row.kpi.target is None or row.kpi.baseline is None:
        return "measured already, untargeted: it stays out of health"
    by = f" by {short_day(row.kpi.target_date, row.as_of)}" if row.kpi.target_date else ""
    return f"measured already: from {number(row.kpi.baseline)} to {number(row.kpi.target)}{by}"


def ambition_words(times: float | None) -> str:
    """A warning where a target asks for far more than ever happened; empty where it does not."""
    if times is None or times <= AMBITIOUS:
        return ""
    if math.isinf(times):
        return "In no four weeks has it moved towards its target yet."
    return (
        f"Its target asks for {number(times)} times the best four weeks so far, "
        "in each four weeks that are left."
    )


def added_words(names: list[str]) -> str:
    """The toast after several KPIs were added."""
    if not names:
        return "All of these are measured already."
    return f"{count(len(names), 'KPI')} added: {', '.join(names)}. Record their first values."
