"""Decisions needed: those that are open, and what became of them in the event week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.urls import reverse

from core.formats import short_day
from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_needed
from digests.rules.kinds import ItemKind
from digests.rules.parts import NeededLine
from digests.rules.sentences import cut, needed_sentence
from digests.selectors.gathering.scene import Scene
from portfolio.enums import DecisionState
from portfolio.models import DecisionNeeded
from portfolio.rules import Due, due

Rows = Mapping[int, list[DecisionNeeded]]


def needed_rows(scene: Scene) -> Rows:
    """By product the decisions that are open at the draft or ended in the week, soonest first."""
    ended = Q(ended_at__gte=scene.first, ended_at__lt=scene.after)
    rows = DecisionNeeded.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=scene.now) | ended,
        product_id__in=scene.products,
        created_at__lte=scene.now,
    )
    found: dict[int, list[DecisionNeeded]] = {}
    for row in rows.order_by("by_day", "pk"):
        found.setdefault(row.product_id, []).append(row)
    return found


def needed_lines(scene: Scene, rows: Iterable[DecisionNeeded]) -> tuple[NeededLine, ...]:
    """All that are open, the one due first in front."""
    return tuple(_line(scene, row) for row in rows if _is_open(scene, row))


def decisions_needed(scene: Scene, rows: Rows) -> dict[int, list[DraftItem]]:
    """By product those that are new in the week, due in 14 days or overdue, or have ended."""
    found: dict[int, list[DraftItem]] = {}
    for pk, of_product in rows.items():
        for row in of_product:
            news = _news(scene, row)
            if news:
                found.setdefault(pk, []).append(_item(scene, row, news))
    return found


def _is_open(scene: Scene, row: DecisionNeeded) -> bool:
    return row.ended_at is None or row.ended_at > scene.now


def _news(scene: Scene, row: DecisionNeeded) -> str:
    """Why it is told, empty where it is not: an end that is told next week is no news yet."""
    if not _is_open(scene, row):
        return row.state if scene.holds(row.ended_at) else ""
    pressing = due(row.by_day, scene.day)
    if pressing != Due.LATER:
        return "overdue" if pressing == Due.OVERDUE else "due"
    return "new" if scene.holds(row.created_at) else ""


def _item(scene: Scene, row: DecisionNeeded, news: str) -> DraftItem:
    is_open = _is_open(scene, row)
    by = short_day(row.by_day, scene.day)
    ended_at = row.ended_at or row.created_at
    return DraftItem(
        key=f"needed:{row.pk}",
        kind=ItemKind.DECISION_NEEDED,
        day=scene.local_day(row.created_at if is_open else ended_at),
        title=cut(needed_sentence(row.what, row.who, by, news), 300),
        detail=cut(row.why if is_open else row.outcome, 600),
        url=_url(scene, row),
        data={
            "what": row.what,
            "who": row.who,
            "by": by,
            "by_day": row.by_day.isoformat(),
            "state": DecisionState.OPEN.value if is_open else row.state,
            "outcome": "" if is_open else cut(row.outcome, 600),
            "news": news,
        },
        weight=weight_of_needed((row.by_day - scene.day).days if is_open else None),
    )


def _line(scene: Scene, row: DecisionNeeded) -> NeededLine:
    pressing = due(row.by_day, scene.day)
    return NeededLine(
        pk=row.pk,
        what=row.what,
        who=row.who,
        by_day=row.by_day,
        by_words=short_day(row.by_day, scene.day),
        url=_url(scene, row),
        is_due=pressing != Due.LATER,
        is_overdue=pressing == Due.OVERDUE,
    )


def _url(scene: Scene, row: DecisionNeeded) -> str:
    return reverse("portfolio:needed_detail", args=[scene.rows[row.product_id].slug, row.pk])
