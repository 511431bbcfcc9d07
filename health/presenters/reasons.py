"""Why health moved, in words: what happened to each KPI, and beside the KPIs."""

from __future__ import annotations

import datetime as dt

from core.formats import DASH, age, measure, number, short_day, signed
from health import rules
from health.presenters.product import cap_words
from health.rules import Why
from kpis.enums import Direction
from portfolio.enums import Stage

MOST_REASONS = 3
_PLACES = 9


def causes(now: rules.Explained, then: rules.Explained) -> list[str]:
    """What moved it beside the figures: stage, freedom of choice, settings, a guardrail."""
    found = []
    if now.plan.stage != then.plan.stage:
        stages = dict(Stage.choices)
        before, after = str(stages[then.plan.stage]), str(stages[now.plan.stage])
        found.append(f"The stage went from {before.lower()} to {after.lower()}, which matters")
    if _freedom(now.plan) != _freedom(then.plan):
        found.append("Choice or exchange changed, so use counts differently")
    if now.settings != then.settings:
        found.append("The settings of health were changed in between")
    caps = cap_words(then.health), cap_words(now.health)
    if caps[0] != caps[1]:
        found.append(caps[1] or "No guardrail holds the status any more")
    return [f"{words}." for words in found]


def _freedom(plan: rules.ProductPlan) -> tuple[object, ...]:
    return plan.choice, plan.exchange, plan.audiences


def in_short(now: rules.Explained, then: rules.Explained) -> str:
    """The largest moves with their points, and the rest: they add up to the change.

    "eNPS from 31 to 12 points: −8.2; the rest: +0.3. The stage went from growth to mature …"
    """
    change = round(_known(now) - _known(then), 1)
    moved = [move for move in rules.moves(then, now) if round(move.cost, 1)]
    shown = moved[:MOST_REASONS]
    parts = [f"{name_of(move)}: {_lower(happened(move))} ({_points(-move.cost)})" for move in shown]
    rest = round(change - sum(round(-move.cost, 1) for move in shown), 1)
    if rest:
        parts.append(f"{'the rest' if shown else 'small moves'} ({_points(rest)})")
    words = "; ".join(parts) or _still(then, now)
    return " ".join([f"{words}.", *causes(now, then)])


def _known(found: rules.Explained) -> float:
    return found.health.health or 0.0


def _points(value: float) -> str:
    return signed(round(value, 1), 1)


def _still(then: rules.Explained, now: rules.Explained) -> str:
    """What happened although no number moved: "Completion: still 80 %"."""
    told = [
        f"{name_of(move)}: {_lower(happened(move))}"
        for move in rules.moves(then, now)
        if {Why.CAME, Why.WENT, Why.PLAN, Why.EXEMPT, Why.COUNTS_AGAIN} & set(move.whys)
    ]
    return "; ".join(told[:MOST_REASONS]) or "Nothing moved"


def name_of(move: rules.Move) -> str:
    """The KPI's name."""
    return move.line.name or move.line.code


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def move_words(move: rules.Move) -> str:
    """What happened to the KPI, and what that did to health."""
    cost = round(move.cost, 1)
    effect = f"; costs {number(abs(cost), 1)} points {'more' if cost > 0 else 'less'}"
    return f"{happened(move)}{effect if cost else ''}."


def happened(move: rules.Move) -> str:
    """Everything that happened to a KPI between the days."""
    then, now = move.then, move.now
    if now is None:
        return "No longer among its KPIs"
    if then is None:
        return f"New since then, at {value_of(now)}" if now.value is not None else "New since then"
    parts = [_WHY_WORDS[why] for why in move.whys if why in _WHY_WORDS]
    if Why.PLAN in move.whys:
        parts.append(_terms_words(move))
    figure = _figure_words(then, now, move.whys)
    if figure and not (parts and figure == _NO_NEWS):
        parts.append(figure)
    return "; ".join([parts[0], *(_lower(part) for part in parts[1:])])


_NO_NEWS = "No newer figure"
_WHY_WORDS = {
    Why.EXEMPT: "An exemption began",
    Why.COUNTS_AGAIN: "Its exemption ended",
    Why.TARGETED: "It has a target now",
    Why.UNTARGETED: "It has no target any more",
    Why.SHARE: "Nothing new of its own, but it weighs differently beside the others",
}


def _figure_words(then: rules.Line, now: rules.Line, whys: tuple[Why, ...]) -> str:
    if now.value is None:
        return "Not measured yet"
    if then.value is None:
        return f"First measured: {value_of(now)}"
    if now.value != then.value:
        return f"From {value_of(then)} to {value_of(now)}"
    return f"Still {value_of(now)}" if Why.VALUE in whys else _silence_words(now, whys)


def _silence_words(now: rules.Line, whys: tuple[Why, ...]) -> str:
    if Why.OLDER in whys:
        does = "no longer counts" if now.is_dead else "counts less"
        return f"{_NO_NEWS}; at {age(now.age)} it {does}"
    return f"{_NO_NEWS}, while the plan expects more" if Why.EXPECTED in whys else _NO_NEWS


def value_of(line: rules.Line | None) -> str:
    """The value of a KPI on one of the days."""
    return DASH if line is None or line.value is None else measure(line.value, line.unit)


_TERM_WORDS = {
    "baseline": "Baseline",
    "baseline_date": "Baseline date",
    "target": "Target",
    "target_date": "Target date",
    "weight": "Weight",
    "cadence": "Days between values",
    "direction": "Direction",
}


def _terms_words(move: rules.Move) -> str:
    return ", ".join(_term_words(change, move.line.unit) for change in move.terms)


def _term_words(change: rules.TermChange, unit: str) -> str:
    if change.name == "is_guardrail":
        return "Now a guardrail" if change.after else "No guardrail any more"
    if change.name == "window":
        return "Its days are put together differently"
    before, after = (_said(change.name, value, unit) for value in (change.before, change.after))
    return f"{_TERM_WORDS[change.name]} from {before} to {after}"


def _said(name: str, value: object, unit: str) -> str:
    if value is None:
        return "none"
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, int | float):
        return measure(value, unit) if name in ("baseline", "target") else number(value)
    return str(dict(Direction.choices).get(str(value), value)).lower()
