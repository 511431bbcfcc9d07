"""Risks: those that are open, and what became of them in the event week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.urls import reverse

from core.formats import short_day
from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_risk
from digests.rules.kinds import ItemKind
from digests.rules.parts import RiskLine
from digests.rules.sentences import cut, risk_sentence
from digests.selectors.gathering.scene import Scene
from portfolio.enums import RiskState, Severity
from portfolio.models import Risk

Rows = Mapping[int, list[Risk]]
_STANDING = "open"


def risk_rows(scene: Scene) -> Rows:
    """By product the risks that are open at the draft or ended in the week, the worst first."""
    ended = Q(ended_at__gte=scene.first, ended_at__lt=scene.after)
    rows = Risk.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=scene.now) | ended,
        product_id__in=scene.products,
        created_at__lte=scene.now,
    )
    found: dict[int, list[Risk]] = {}
    for row in rows.order_by("-severity", "until", "pk"):
        found.setdefault(row.product_id, []).append(row)
    return found


def risk_lines(scene: Scene, rows: Iterable[Risk]) -> tuple[RiskLine, ...]:
    """All that are open, the worst in front."""
    return tuple(_line(scene, row) for row in rows if _is_open(scene, row))


def risks_of_week(scene: Scene, rows: Rows) -> dict[int, list[DraftItem]]:
    """By product those that are new, changed or ended in the week, and the worst while open."""
    found: dict[int, list[DraftItem]] = {}
    for pk, of_product in rows.items():
        for row in of_product:
            news = _news(scene, row)
            if news:
                found.setdefault(pk, []).append(_item(scene, row, news))
    return found


def _is_open(scene: Scene, row: Risk) -> bool:
    return row.ended_at is None or row.ended_at > scene.now


def _news(scene: Scene, row: Risk) -> str:
    """Why it is told, empty where it is not: an end that is told next week is no news yet."""
    if not _is_open(scene, row):
        return row.state if scene.holds(row.ended_at) else ""
    if scene.holds(row.created_at):
        return "new"
    if scene.holds(row.changed_at):
        return "changed"
    return _STANDING if row.severity == Severity.STOPS else ""


def _item(scene: Scene, row: Risk, news: str) -> DraftItem:
    is_open, is_news = _is_open(scene, row), news != _STANDING
    until = short_day(row.until, scene.day)
    moment = {"new": row.created_at, "changed": row.changed_at, _STANDING: row.created_at}
    return DraftItem(
        key=f"risk:{row.pk}",
        kind=ItemKind.RISK,
        day=scene.local_day(moment.get(news) or row.ended_at or row.changed_at),
        title=cut(risk_sentence(row.what, row.owner, until, news), 300),
        detail=cut(row.plan if is_open else row.outcome, 600),
        url=_url(scene, row),
        data={
            "what": row.what,
            "severity": row.severity,
            "severity_words": _severity(row),
            "owner": row.owner,
            "until": until,
            "state": RiskState.OPEN.value if is_open else row.state,
            "news": news,
            "outcome": "" if is_open else cut(row.outcome, 600),
        },
        weight=weight_of_risk(row.severity, is_news=is_news),
        is_material=is_news,
    )


def _line(scene: Scene, row: Risk) -> RiskLine:
    return RiskLine(
        pk=row.pk,
        what=row.what,
        severity=row.severity,
        severity_words=_severity(row),
        owner=row.owner,
        until=row.until,
        until_words=short_day(row.until, scene.day),
        url=_url(scene, row),
    )


def _severity(row: Risk) -> str:
    """Without its number: "people’s work would stop"."""
    return str(Severity(row.severity).label).partition(": ")[2]


def _url(scene: Scene, row: Risk) -> str:
    return reverse("portfolio:risk_detail", args=[scene.rows[row.product_id].slug, row.pk])
