"""What stood on the draft day, put together: one query for each thing, for all products at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from core.formats import measure, whole
from core.statuses import status_look
from digests.rules.facts import Facts
from digests.rules.parts import Ahead, Contact, Meeting
from digests.selectors.gathering import around, needed, opportunities, risks
from digests.selectors.gathering.kpis import kpi_lines
from digests.selectors.gathering.scene import Scene
from digests.selectors.gathering.scoring import Standing
from intake.enums import Decision
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that is read for facts beside health, by product."""

    ahead: Mapping[int, Mapping[str, list[Ahead]]]
    meetings: Mapping[int, Meeting]
    requests: Mapping[int, tuple[int, int]]
    managers: Mapping[int, Contact]
    needed: needed.Rows
    risks: risks.Rows


def surroundings(scene: Scene) -> Surroundings:
    """Six queries."""
    return Surroundings(
        ahead=opportunities.ahead(scene),
        meetings=around.meetings(scene),
        requests=around.request_counts(scene),
        managers=around.managers(scene),
        needed=needed.needed_rows(scene),
        risks=risks.risk_rows(scene),
    )


def facts_of(scene: Scene, standing: Standing, seen: Surroundings) -> Facts:
    """The facts of one product."""
    pk = standing.scored.product_id
    product, health, before = scene.rows[pk], standing.scored.health, standing.before
    columns = seen.ahead.get(pk, {})
    closed, still = seen.requests.get(pk, (0, 0))
    return Facts(
        product_id=pk,
        name=product.name,
        slug=product.slug,
        url=product.get_absolute_url(),
        day=scene.day,
        mission=product.mission,
        people_word=product.audience_word or product.people_word,
        stage=product.stage,
        stage_words=product.get_stage_display(),
        stage_before=before.stage,
        stage_before_words=before.stage_words,
        status=health.status.value,
        status_words=status_look(health.status).word,
        status_before=before.status,
        status_before_words=before.status_words,
        health=health.shown,
        health_words="" if health.shown is None else whole(health.shown),
        health_before=before.health,
        health_before_words=before.health_words,
        day_before=before.day,
        reason=standing.scored.reason,
        kpis=kpi_lines(scene, standing),
        now=tuple(columns.get(Decision.NOW, ())),
        next=tuple(columns.get(Decision.NEXT, ())),
        later=tuple(columns.get(Decision.LATER, ())),
        opportunities_url=reverse("intake:opportunity_list", args=[product.slug]),
        next_meeting=seen.meetings.get(pk),
        requests_closed=closed,
        requests_open=still,
        ask_url=reverse("intake:request_start", args=[product.slug]),
        run_cost=product.run_cost,
        run_cost_words=_run_cost(product, scene.currency),
        decisions=needed.needed_lines(scene, seen.needed.get(pk, [])),
        risks=risks.risk_lines(scene, seen.risks.get(pk, [])),
        manager=seen.managers.get(pk),
    )


def _run_cost(product: Product, currency: str) -> str:
    """As the page of the product says it; empty where nobody has said."""
    return "" if product.run_cost is None else f"{measure(product.run_cost, currency)} a year"
