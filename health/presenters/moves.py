"""One product on two days: what moved its health, KPI by KPI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.as_of import AsOf
from core.formats import DASH, age, measure, number, short_day, signed
from core.statuses import status_look
from health import rules
from health.presenters.product import cap_words, figure_words, kpi_url
from health.selectors import ProductHealth
from portfolio.enums import Stage
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


@dataclass(frozen=True, slots=True)
class _Pair:
    then: rules.Line | None
    now: rules.Line | None

    @property
    def line(self) -> rules.Line:
        line = self.now or self.then
        if line is None:
            raise ValueError("A KPI stands on one of the days at least.")
        return line

    @property
    def cost(self) -> float:
        """How many points more it costs than then."""
        return _lost(self.now) - _lost(self.then)


def product_moves(
    product: Product, now: ProductHealth | None, then: ProductHealth | None, when: AsOf, other: AsOf
) -> ProductMoves:
    """What moved between the two days; either may be missing where nothing is worked out yet."""
    since, until = short_day(other.day, when.today), short_day(when.day, when.today)
    return ProductMoves(
        since=since,
        until=until,
        headline=_headline(now, then, since, until),
        reasons=_reasons(now, then) if now and then else [],
        lines=[_move(product, pair) for pair in _pairs(now, then)],
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


def _reasons(now: ProductHealth, then: ProductHealth) -> list[str]:
    """What moved it beside the figures: stage, freedom of choice, settings, a guardrail."""
    found = []
    if now.plan.stage != then.plan.stage:
        stages = dict(Stage.choices)
        before, after = str(stages[then.plan.stage]), str(stages[now.plan.stage])
        found.append(f"The stage went from {before.lower()} to {after.lower()}, which matters")
    if (now.plan.choice, now.plan.exchange) != (then.plan.choice, then.plan.exchange):
        found.append("Choice or exchange changed, so use counts differently")
    if now.settings != then.settings:
        found.append("The settings of health were changed in between")
    caps = cap_words(then.health), cap_words(now.health)
    if caps[0] != caps[1]:
        found.append(caps[1] or "No guardrail holds the status any more")
    return [f"{words}." for words in found]


def _pairs(now: ProductHealth | None, then: ProductHealth | None) -> list[_Pair]:
    """Every KPI of either day, the largest move first, then by code."""
    before, after = _by_kpi(then), _by_kpi(now)
    pairs = [_Pair(before.get(pk), after.get(pk)) for pk in {**after, **before}]
    return sorted(pairs, key=lambda pair: (-abs(round(pair.cost, 9)), pair.line.code))


def _by_kpi(found: ProductHealth | None) -> dict[int, rules.Line]:
    lines: Sequence[rules.Line] = found.health.lines if found else ()
    return {line.kpi_id: line for line in lines}


def _lost(line: rules.Line | None) -> float:
    return line.lost if line else 0.0


def _move(product: Product, pair: _Pair) -> KpiMove:
    then, now, line = pair.then, pair.now, pair.line
    cost = round(pair.cost, 1)
    return KpiMove(
        name=line.name or line.code,
        url=kpi_url(product, line) if now else "",
        value_then=_value(then),
        value_now=_value(now),
        done_then=figure_words(then.progress if then else None, 2),
        done_now=figure_words(now.progress if now else None, 2),
        points_then=figure_words(then.points if then else None, 1),
        points_now=figure_words(now.points if now else None, 1),
        lost_then=figure_words(then.lost if then else None, 1),
        lost_now=figure_words(now.lost if now else None, 1),
        change=signed(cost, 1),
        change_kind="worse" if cost > 0 else "better" if cost < 0 else "same",
        words=_move_words(pair),
    )


def _value(line: rules.Line | None) -> str:
    return DASH if line is None or line.value is None else measure(line.value, line.unit)


def _move_words(pair: _Pair) -> str:
    """What happened to the KPI, and what that did to health."""
    cost = round(pair.cost, 1)
    effect = f"; costs {number(abs(cost), 1)} points {'more' if cost > 0 else 'less'}"
    return f"{_happened(pair)}{effect if cost else ''}."


def _happened(pair: _Pair) -> str:
    then, now = pair.then, pair.now
    if now is None:
        return "No longer among its KPIs"
    if then is None:
        return "New since then"
    if now.value is None:
        return "Not measured yet"
    return _change_of_value(then, now)


def _change_of_value(then: rules.Line, now: rules.Line) -> str:
    if then.value is None:
        return f"First measured: {_value(now)}"
    if now.last == then.last:
        return _without_news(then, now)
    if now.value == then.value:
        return f"Still {_value(now)}"
    return f"From {_value(then)} to {_value(now)}"


def _without_news(then: rules.Line, now: rules.Line) -> str:
    if now.is_dead:
        return f"No newer figure; at {age(now.age)} it no longer counts"
    if round(now.freshness, 9) < round(then.freshness, 9):
        return f"No newer figure; at {age(now.age)} it counts less"
    if round((now.expected or 0.0) - (then.expected or 0.0), 9) > 0:
        return "No newer figure, while the plan expects more"
    return "No newer figure"
