"""What was decided in the event week, and what stands under now, next and later."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_kind
from digests.rules.kinds import ItemKind
from digests.rules.parts import Ahead
from digests.rules.sentences import cut, decision_sentence
from digests.selectors.gathering.scene import Scene
from intake.enums import Decision
from intake.models import Opportunity, OpportunityDecision

MOST_AHEAD = 5
_COLUMNS = (Decision.NOW, Decision.NEXT, Decision.LATER)


def decisions_of_week(scene: Scene) -> dict[int, list[DraftItem]]:
    """By product one item for each opportunity that was decided: the last decision of the week."""
    rows = OpportunityDecision.objects.filter(
        opportunity__product_id__in=scene.products,
        opportunity__merged_into=None,
        at__gte=scene.first,
        at__lt=scene.after,
    )
    newest: Any = rows.order_by("opportunity_id", "-at", "-pk").distinct("opportunity_id")
    found: dict[int, list[DraftItem]] = {}
    for row in newest.select_related("opportunity"):
        found.setdefault(row.opportunity.product_id, []).append(_item(scene, row))
    return found


def _item(scene: Scene, row: OpportunityDecision) -> DraftItem:
    one = row.opportunity
    word = str(Decision(row.decision).label) if row.decision else "Open again"
    return DraftItem(
        key=f"decision:{one.pk}",
        kind=ItemKind.DECISION,
        day=scene.local_day(row.at),
        title=decision_sentence(one.problem, row.decision),
        detail=cut(row.reason, 600),
        url=_url(scene, one.product_id, one.pk),
        data={
            "problem": one.problem,
            "decision": row.decision,
            "decision_words": word,
            "reason": cut(row.reason, 600),
        },
        weight=weight_of_kind(ItemKind.DECISION),
    )


def ahead(scene: Scene) -> dict[int, dict[str, list[Ahead]]]:
    """By product and column the first five opportunities of the board that have not shipped."""
    place = Window(
        RowNumber(),
        partition_by=[F("product_id"), F("decision")],
        order_by=[F("position").asc(), F("created_at").desc(), F("pk").desc()],
    )
    rows = (
        Opportunity.objects.present()
        .filter(product_id__in=scene.products, decision__in=_COLUMNS, shipped_at=None)
        .filter(created_at__lte=scene.now)
        .annotate(place=place)
        .filter(place__lte=MOST_AHEAD)
        .order_by("place")
    )
    found: dict[int, dict[str, list[Ahead]]] = {}
    for pk, product_id, decision, problem, decided_at in rows.values_list(
        "pk", "product_id", "decision", "problem", "decided_at"
    ):
        since = scene.local_day(decided_at) if decided_at else None
        line = Ahead(pk, cut(problem, 300), _url(scene, product_id, pk), since)
        found.setdefault(product_id, {}).setdefault(decision, []).append(line)
    return found


def _url(scene: Scene, product_id: int, pk: int) -> str:
    return reverse("intake:opportunity_detail", args=[scene.rows[product_id].slug, pk])
