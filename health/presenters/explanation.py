"""The whole explanation: every part of the sum, and the settings that it was made with."""

from __future__ import annotations

from dataclasses import dataclass

from core.formats import DASH, age, measure, number, short_day
from core.periods import local_date
from health import rules
from health.presenters.product import figure_words, kpi_url
from health.selectors import ProductHealth
from kpis.enums import Group, Source
from portfolio.enums import Choice, Exchange, Stage
from portfolio.models import Product

_GROUPS = dict(Group.choices)
_SOURCES = dict(Source.choices)
_PARTS = {
    rules.Part.SCORED: "",
    rules.Part.NO_VALUE: "no figure yet",
    rules.Part.UNTARGETED: "no target: stays out",
    rules.Part.EXEMPT: "exempt: stays out",
}


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One KPI's row, formatted."""

    name: str
    url: str
    note: str
    value: str
    plan: str
    progress: str
    expected: str
    points: str
    weight: str
    product: str
    lost: str
    age: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The page's tables. `sums` are (what, formula, result)."""

    lines: list[ExplainedLine]
    sums: list[tuple[str, str, str]]
    settings: list[tuple[str, str]]
    factors: list[tuple[str, str]]
    settings_words: str


def explanation(product: Product, found: ProductHealth, zone: str) -> Explanation:
    """Everything that went into the number, on days of the time zone."""
    plans = {kpi.kpi_id: kpi for kpi in found.plan.kpis}
    return Explanation(
        lines=[_line(product, line, plans.get(line.kpi_id)) for line in found.health.lines],
        sums=_sums(found),
        settings=_settings(found),
        factors=_factors(found),
        settings_words=_settings_words(found, zone),
    )


def _line(product: Product, line: rules.Line, plan: rules.KpiPlan | None) -> ExplainedLine:
    notes = [_GROUPS.get(line.group, line.group), _PARTS[line.part], _age_word(line)]
    if line.is_guardrail:
        notes.append("guardrail")
    return ExplainedLine(
        name=line.name or line.code,
        url=kpi_url(product, line),
        note=" · ".join(str(note) for note in notes if note),
        value=DASH if line.value is None else measure(line.value, line.unit),
        plan=_plan(plan),
        progress=figure_words(line.progress, 2),
        expected=figure_words(line.expected, 2),
        points=figure_words(line.points, 1),
        weight=figure_words(line.weight, 3),
        product=" × ".join(
            number(part) for part in (line.base, line.factor, line.signal, line.freshness)
        ),
        lost=figure_words(line.lost, 1),
        age=DASH if line.age is None else age(line.age),
        source=str(_SOURCES.get(line.source, line.source)) if line.source else DASH,
    )


def _age_word(line: rules.Line) -> str:
    if line.is_dead:
        return "no longer counts"
    return "stale" if line.is_stale else ""


def _plan(plan: rules.KpiPlan | None) -> str:
    """From where to where, by when: "from 40 to 80 by 3 Mar 2027"."""
    if plan is None or not plan.is_targeted:
        return DASH
    by = f" by {short_day(plan.target_date)}" if plan.target_date else ", now"
    if rules.is_hold(plan.direction, plan.baseline or 0.0, plan.target or 0.0):
        return f"hold {number(plan.target)} (band {number(rules.hold_band(plan.target or 0.0))})"
    return f"from {number(plan.baseline)} to {number(plan.target)}{by}"


def _sums(found: ProductHealth) -> list[tuple[str, str, str]]:
    health = found.health
    scored = sum(line.weight * (line.points or 0.0) for line in health.lines)
    missing = [str(_GROUPS.get(group, group)).lower() for group in health.missing_groups]
    full = "Σ base × factor of targeted KPIs"
    if missing:
        full += f" + Σ 3 × factor of what is missing ({', '.join(missing)})"
    return [
        (
            "Health",
            f"Σ weight × score ÷ Σ weight = {number(scored, 2)} ÷ {number(health.weight, 3)}",
            figure_words(health.shown, 1),
        ),
        (
            "Confidence",
            f"Σ weight ÷ ({full}) = {number(health.weight, 3)} ÷ {number(health.full, 3)}",
            f"{number(health.confidence, 1)} %",
        ),
    ]


def _settings(found: ProductHealth) -> list[tuple[str, str]]:
    settings, plan = found.settings, found.plan
    return [
        ("Stage", str(dict(Stage.choices)[plan.stage])),
        ("Choice", str(dict(Choice.choices)[plan.choice])),
        ("Exchange", str(dict(Exchange.choices)[plan.exchange])),
        ("Signal of use", number(rules.adoption_signal(plan, settings), 2)),
        ("Healthy from", number(settings.healthy_from)),
        ("Watch from", number(settings.watch_from)),
        ("Unknown below a confidence of", f"{number(settings.unknown_below)} %"),
        ("A guardrail holds at watch below", number(settings.guardrail_watch_below)),
        ("A guardrail holds at at risk below", number(settings.guardrail_risk_below)),
    ]


def _factors(found: ProductHealth) -> list[tuple[str, str]]:
    stage = found.plan.stage
    return [
        (str(label), number(found.settings.stage_factor(stage, group)))
        for group, label in Group.choices
    ]


def _settings_words(found: ProductHealth, zone: str) -> str:
    if found.settings_since is None:
        return "Worked out just now with the settings in force."
    return f"Settings in force since {short_day(local_date(found.settings_since, zone))}."
