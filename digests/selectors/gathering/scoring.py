"""Health on D, what it is compared with, and the weekly changes of every KPI before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.formats import whole
from core.statuses import status_look
from digests.models import Issue
from digests.rules.materiality import EARLIER_WEEKS, weekly_change
from digests.rules.moves import Measured
from digests.rules.weeks import Week
from digests.selectors.gathering.scene import Scene
from health.selectors import Question, Scored, score_days, window_facts
from kpis.models import Kpi
from portfolio.enums import Stage

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Before:
    """How a product stood at its last issue, or else on D−7; all empty where it was not yet. `day`
    is that issue's draft day, or D−7.
    """

    status: str = ""
    status_words: str = ""
    health: float | None = None
    health_words: str = ""
    stage: str = ""
    stage_words: str = ""
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Health of a product on D."""

    scored: Scored
    before: Before
    kpis: tuple[Measured, ...]


def standings(scene: Scene) -> dict[int, Standing]:
    """By product; only those that are live on D."""
    last = _last_issues(scene)
    earlier = scene.day - WEEK
    lone = {
        pk
        for pk, product in scene.rows.items()
        if pk not in last and scene.local_day(product.created_at) <= earlier
    }
    work = {pk: [scene.day, earlier] if pk in lone else [scene.day] for pk in scene.product_ids}
    scored = {(one.product_id, one.day): one for one in score_days(work, scene.today)}
    today = {pk: one for (pk, day), one in scored.items() if day == scene.day}
    kpis = _measured(scene, today)
    found: dict[int, Standing] = {}
    for pk, one in today.items():
        before = last.get(pk) or _before(scored.get((pk, earlier)), earlier)
        found[pk] = Standing(one, before, tuple(kpis.get(pk, ())))
    return found


_KEPT = ("status", "status_words", "health", "health_words", "stage", "stage_words")


def _last_issues(scene: Scene) -> dict[int, Before]:
    issues = Issue.objects.filter(product_id__in=scene.products, week__lt=scene.week.monday)
    newest = issues.order_by("product_id", "-week").distinct("product_id").values("pk")
    # Facts are large: they are read of the newest issues alone.
    rows: Any = Issue.objects.filter(pk__in=newest).values_list(
        "product_id", "week", *(f"facts__{name}" for name in _KEPT)
    )
    return {
        pk: Before(**dict(zip(_KEPT, values, strict=True)), day=Week(week).draft_day)
        for pk, week, *values in rows
        if values[0]
    }


def _before(scored: Scored | None, day: dt.date) -> Before:
    if scored is None:
        return Before()
    health, stage = scored.health, scored.terms.plan.stage
    return Before(
        status=health.status.value,
        status_words=status_look(health.status).word,
        health=health.shown,
        health_words="" if health.shown is None else whole(health.shown),
        stage=stage,
        stage_words=str(Stage(stage).label),
        day=day,
    )


def _measured(scene: Scene, scored: Mapping[int, Scored]) -> dict[int, list[Measured]]:
    """Every KPI that there is still, with its values on D−7 … D−63 as the plan of D reads them."""
    alive = set(
        Kpi.objects.filter(product_id__in=scene.products).order_by().values_list("pk", flat=True)
    )
    days = [scene.day - WEEK * back for back in range(1, EARLIER_WEEKS + 2)]
    held = {
        kpi.kpi_id: kpi
        for one in scored.values()
        for kpi in one.terms.plan.kpis
        if kpi.kpi_id in alive
    }
    facts = window_facts(
        Question(kpi.kpi_id, day, kpi.window, needs_first=False)
        for kpi in held.values()
        for day in days
    )
    found: dict[int, list[Measured]] = {}
    for pk, one in scored.items():
        for line in one.health.lines:
            if line.kpi_id in held:
                known = [facts.get((line.kpi_id, day)) for day in days]
                values = [fact.value if fact else None for fact in known]
                found.setdefault(pk, []).append(
                    Measured(held[line.kpi_id], line, values[0], _changes(values))
                )
    return found


def _changes(values: list[float | None]) -> tuple[float | None, ...]:
    """Between each of these values, the newest first, and the one a week before it."""
    return tuple(weekly_change(now, before) for now, before in pairwise(values))
