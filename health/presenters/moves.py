"""One product on two days: what moved its health, KPI by KPI."""

from __future__ import annotations

from dataclasses import dataclass

from core.as_of import AsOf
from core.formats import DASH, number, short_day, signed
from core.statuses import status_look
from health import rules
from health.presenters.product import figure_words, kpi_url
from health.presenters.reasons import causes, move_words, name_of, value_of
from health.selectors import ProductHealth
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class KpiMove:
    """One KPI on both days, formatted; `change` is that of the points lost, + costs more."""

    name: str
    url: str
    value_then: str
    value_now: str
    done_then: str
    done_now: str
    points_then: str
    points_now: str
    lost_then: str
    lost_now: str
    change: str
    change_kind: str
    words: str


@dataclass(frozen=True, slots=True)
class ProductMoves:
    """The comparison of one product: the answer, other reasons, and every KPI."""

    since: str
    until: str
    headline: str
    reasons: list[str]
    lines: list[KpiMove]


def product_moves(
    product: Product, now: ProductHealth | None, then: ProductHealth | None, when: AsOf, other: AsOf
) -> ProductMoves:
    """What moved between the two days; either may be missing where nothing is worked out yet."""
    since, until = short_day(other.day, when.today), short_day(when.day, when.today)
    before, after = _explained(then), _explained(now)
    return ProductMoves(
        since=since,
        until=until,
        headline=_headline(now, then, since, until),
        reasons=causes(after, before) if after and before else [],
        lines=[_move(product, move) for move in rules.moves(before, after)],
    )


def _headline(now: ProductHealth | None, then: ProductHealth | None, since: str, until: str) -> str:
    before = then.health.shown if then else None
    after = now.health.shown if now else None
    if before is None and after is None:
        return f"Health was known neither on {since} nor on {until}{_why(now)}."
    if before is None:
        return f"Health was not known on {since}{_why(then)}; on {until} it was {_score(now)}."
    if after is None:
        return f"Health was {_score(then)} on {since}; on {until} it was not known{_why(now)}."
    change = signed(after - before, 0)
    return f"Health went from {_score(then)} on {since} to {_score(now)} on {until}: {change}."


def _score(found: ProductHealth | None) -> str:
    if found is None:
        return DASH
    word = status_look(found.health.status).word.lower()
    return f"{number(found.health.shown, 0)} ({word})"


def _why(found: ProductHealth | None) -> str:
    if found is None:
        return " (nothing was worked out)"
    words = rules.why_unknown(found.health, found.plan, found.settings)
    return f" ({words})" if words else ""


def _explained(found: ProductHealth | None) -> rules.Explained | None:
    return rules.Explained(found.health, found.plan, found.settings) if found else None


def _move(product: Product, move: rules.Move) -> KpiMove:
    then, now = move.then, move.now
    cost = round(move.cost, 1)
    return KpiMove(
        name=name_of(move),
        url=kpi_url(product, move.line) if now else "",
        value_then=value_of(then),
        value_now=value_of(now),
        done_then=figure_words(then.progress if then else None, 2),
        done_now=figure_words(now.progress if now else None, 2),
        points_then=figure_words(then.points if then else None, 1),
        points_now=figure_words(now.points if now else None, 1),
        lost_then=figure_words(then.lost if then else None, 1),
        lost_now=figure_words(now.lost if now else None, 1),
        change=signed(cost, 1),
        change_kind="worse" if cost > 0 else "better" if cost < 0 else "same",
        words=move_words(move),
    )
