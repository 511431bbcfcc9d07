"""Health of products on a day as plain numbers, unrounded: what exports and the API hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from health import rules
from health.models import HealthSnapshot
from health.selectors.scores import score_days
from health.selectors.stored import health_of
from portfolio.models import Product

CHUNK = 200

Named = tuple[int, str, str]  # key, slug, name


@dataclass(frozen=True, slots=True)
class ExportedKpi:
    """One KPI's part of the number (domain.md §4); None where it is not known."""

    code: str
    name: str
    v: float | None
    a: float | None
    e: float | None
    score: float | None
    weight: float
    points_lost: float
    age: int | None
    stale: bool | None
    hold: bool | None
    guardrail: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """One product on a day; health and trend are None where its health is unknown."""

    slug: str
    name: str
    health: float | None
    confidence: float
    status: str
    trend: float | None
    largest_loss: str
    kpis: tuple[ExportedKpi, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, in this order."""
        return asdict(self)


FIELDS = ("slug", "name", "health", "confidence", "status", "trend", "largest_loss")


def exported(products: QuerySet[Product], day: dt.date, today: dt.date) -> Iterator[Exported]:
    """These products on the day, by address; those archived by then are left out.

    Snapshots of that very day where they are stored, else worked out and not stored; a number of
    queries for every `CHUNK` products, which is all that is held in memory.
    """
    rows = products.live(day).order_by().values_list("pk", "slug", "name")  # type: ignore[attr-defined]  # our queryset
    named: list[Named] = sorted(rows, key=lambda row: row[1])
    for start in range(0, len(named), CHUNK):
        yield from _chunk(named[start : start + CHUNK], day, today)


def _chunk(named: Sequence[Named], day: dt.date, today: dt.date) -> Iterator[Exported]:
    found = {
        row.product_id: (health_of(row), row.trend)
        for row in HealthSnapshot.objects.of_products(pk for pk, _, _ in named)
        .on(day)
        .only("product_id", "day", "status", "health", "confidence", "trend", "explanation", "plan")
    }
    missing = {pk: [day] for pk, _, _ in named if pk not in found}
    if missing:
        found |= {one.product_id: (one.health, one.trend) for one in score_days(missing, today)}
    for pk, slug, name in named:
        if pk in found:  # else it was archived or deleted meanwhile
            yield _exported(slug, name, *found[pk])


def _exported(slug: str, name: str, health: rules.Health, trend: float | None) -> Exported:
    losses = health.losses() if health.shown is not None else []
    return Exported(
        slug=slug,
        name=name,
        health=health.shown,
        confidence=health.confidence,
        status=health.status.value,
        trend=trend,
        largest_loss=rules.sentence(losses[0]) if losses else "",
        kpis=tuple(_kpi(line) for line in health.lines),
    )


def _kpi(line: rules.Line) -> ExportedKpi:
    return ExportedKpi(
        code=line.code,
        name=line.name,
        v=line.value,
        a=line.progress,
        e=line.expected,
        score=line.points,
        weight=line.weight,
        points_lost=line.lost,
        age=line.age,
        stale=None if line.age is None else line.is_stale,
        hold=None if line.points is None else line.is_hold,
        guardrail=line.is_guardrail,
    )
