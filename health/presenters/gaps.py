"""What is missing, stale, dead, untargeted or exempt, each with the way to put it right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from core.formats import age, short_day
from health import rules
from health.selectors import ProductHealth
from kpis.enums import Group
from portfolio.enums import Stage
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that we do not know, and where to change that."""

    name: str
    words: str
    url: str
    action: str
    policy: str = "product.edit"


@dataclass(frozen=True, slots=True)
class GapList:
    """Gaps of one kind."""

    title: str
    items: list[Gap]


_GROUPS = dict(Group.choices)
_STAGES = {
    Stage.DISCOVERY: "in discovery",
    Stage.PILOT: "while piloting",
    Stage.ROLLOUT: "while rolling out",
    Stage.GROWTH: "while growing",
    Stage.MATURE: "once mature",
    Stage.SUNSET: "while it ends",
}


def gaps_of(product: Product, found: ProductHealth, today: dt.date) -> list[GapList]:
    """All lists that have something in them."""
    lines = found.health.lines
    lists = [
        GapList("What is missing", [*_missing(product, found), *_no_value(product, lines)]),
        GapList("What is stale", _stale(product, lines)),
        GapList("What no longer counts", _dead(product, lines)),
        GapList("Without a target", _untargeted(product, lines)),
        GapList("Exempt", _exempt(product, found, today)),
    ]
    return [one for one in lists if one.items]


def _missing(product: Product, found: ProductHealth) -> list[Gap]:
    expected = f"expected {_STAGES[Stage(found.plan.stage)]}" if not found.plan.is_retired else ""
    url = reverse("kpis:kpi_create", args=[product.slug])
    return [
        Gap(str(_GROUPS.get(group, group)), expected, f"{url}?group={group}", "Add a KPI")
        for group in found.health.missing_groups
    ]


def _no_value(product: Product, lines: Iterable[rules.Line]) -> list[Gap]:
    return [
        _gap(product, line, "has no figure yet", "measurement_create", "Record")
        for line in lines
        if line.part == rules.Part.NO_VALUE
    ]


def _stale(product: Product, lines: Iterable[rules.Line]) -> list[Gap]:
    return [
        _gap(product, line, f"{age(line.age)} old", "measurement_create", "Record")
        for line in lines
        if line.part == rules.Part.SCORED and line.is_stale and not line.is_dead
    ]


def _dead(product: Product, lines: Iterable[rules.Line]) -> list[Gap]:
    return [
        _gap(
            product,
            line,
            f"last measured {short_day(line.last)}",
            "measurement_create",
            "Record",
        )
        for line in lines
        if line.part == rules.Part.SCORED and line.is_dead
    ]


def _untargeted(product: Product, lines: Iterable[rules.Line]) -> list[Gap]:
    return [
        _gap(product, line, "stays out of health", "kpi_edit", "Set a target")
        for line in lines
        if line.part == rules.Part.UNTARGETED
    ]


def _exempt(product: Product, found: ProductHealth, today: dt.date) -> list[Gap]:
    notes = {note.kpi_id: note for note in found.exemptions}
    gaps = []
    for line in found.health.lines:
        if line.part != rules.Part.EXEMPT:
            continue
        note = notes.get(line.kpi_id)
        words = f"until {short_day(note.ends_on, today)}: {note.reason}" if note else ""
        gaps.append(_gap(product, line, words, "kpi_detail", "Look"))
    return gaps


def _gap(product: Product, line: rules.Line, words: str, page: str, action: str) -> Gap:
    guardrail = " A guardrail that can't guard." if line.is_missing_guardrail else ""
    url = reverse(f"kpis:{page}", args=[product.slug, line.kpi_id])
    policy = "product.view" if page == "kpi_detail" else "product.edit"
    return Gap(
        line.name or line.code, f"{words}.{guardrail}" if guardrail else words, url, action, policy
    )
