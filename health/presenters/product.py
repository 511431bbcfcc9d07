"""One product's health in words: the card, what costs most, what is missing, the tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from core import charts
from core.as_of import WITH, AsOf
from core.formats import DASH, age, count, measure, number, share, short_day, signed, whole
from core.statuses import status_look
from health import rules
from health.presenters.adoption import adoption_words
from health.presenters.gaps import GapList, gaps_of
from health.selectors import TREND_DAYS, WEEK, WEEKS, ProductHealth
from kpis.rules import Group
from portfolio.models import Product

MOST_LOSSES = 5
MOST_MOVES = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """What one KPI costs."""

    name: str
    url: str
    words: str
    loss: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI beside the others."""

    name: str
    url: str
    value: str
    words: str
    note: str
    line: SafeString | str
    meta: str
    css: str
    is_guardrail: bool


@dataclass(frozen=True, slots=True)
class HealthCard:
    """Everything that the product page says about health, formatted."""

    status: str
    css: str
    score: str
    trend: float | None
    since: str
    as_of: str
    confidence: str
    cap: str
    why_unknown: str
    figure: charts.Figure | None
    losses: list[Loss]
    more_losses: str
    moved: str
    gaps: list[GapList]
    tiles: list[Tile]
    url: str
    week_ago: str
    week_url: str


def health_card(product: Product, found: ProductHealth, when: AsOf) -> HealthCard:
    """The card, lists and tiles of a product's page."""
    health, today = found.health, when.today
    losses = health.losses() if health.shown is not None else []
    return HealthCard(
        status=health.status.value,
        css=status_look(health.status).css,
        score=whole(health.shown) if health.shown is not None else "",
        trend=round(found.trend) if found.trend is not None else None,
        since=short_day(found.day - TREND_DAYS, today),
        as_of=short_day(found.day, today),
        confidence=share(health.confidence / 100),
        cap=cap_words(health),
        why_unknown=rules.why_unknown(health, found.plan, found.settings),
        figure=_figure(found),
        losses=[_loss(product, line) for line in losses[:MOST_LOSSES]],
        more_losses=_more(len(losses) - MOST_LOSSES),
        moved=_moved(found),
        gaps=gaps_of(product, found, today),
        tiles=[_tile(product, line, found) for line in _in_order(health.lines)],
        url=reverse("health:product_health", args=[product.slug], query=when.query or None),
        week_ago=short_day(when.day - WEEK, today),
        week_url=reverse(
            "health:product_health",
            args=[product.slug],
            query={**when.query, WITH: (when.day - WEEK).isoformat()},
        ),
    )


def cap_words(health: rules.Health) -> str:
    """Which guardrail holds the status down, with its score."""
    words = rules.cap_sentence(health)
    return f"{words} (score {whole(health.cap.points)})" if health.cap else ""


def _figure(found: ProductHealth) -> charts.Figure | None:
    if all(point.health is None for point in found.series):
        return None
    return charts.health_line(
        [charts.Point(point.day, point.health) for point in found.series],
        title=f"Health, {WEEKS} weeks",
        watch=found.settings.watch_from,
        healthy=found.settings.healthy_from,
    )


def kpi_url(product: Product, line: rules.Line) -> str:
    """The page of the line's KPI."""
    return reverse("kpis:kpi_detail", args=[product.slug, line.kpi_id])


def _loss(product: Product, line: rules.Line) -> Loss:
    return Loss(
        name=line.name or line.code,
        url=kpi_url(product, line),
        words=f"is {rules.against_plan(line)}",
        loss=rules.loss(line),
    )


def _more(amount: int) -> str:
    return f"and {count(amount, 'smaller loss', 'smaller losses')}" if amount > 0 else ""


def _moved(found: ProductHealth) -> str:
    """The largest moves of single KPIs since 28 days ago, in points of score."""
    moves = [
        (line.points - found.earlier_points[line.kpi_id], line)
        for line in found.health.lines
        if line.points is not None and line.kpi_id in found.earlier_points
    ]
    large = [(change, line) for change, line in moves if round(change)]
    large.sort(key=lambda move: (-abs(move[0]), move[1].code))
    return ", ".join(
        f"{line.name or line.code} {signed(change, 0)}" for change, line in large[:MOST_MOVES]
    )


_GROUPS = [group.value for group in Group]


def _in_order(lines: Sequence[rules.Line]) -> list[rules.Line]:
    """What weighs most first; then what does not count, by group and code."""
    return sorted(
        lines,
        key=lambda line: (
            -line.weight,
            _GROUPS.index(line.group) if line.group in _GROUPS else len(_GROUPS),
            line.code,
        ),
    )


def _tile(product: Product, line: rules.Line, found: ProductHealth) -> Tile:
    kpi = next((one for one in found.plan.kpis if one.kpi_id == line.kpi_id), None)
    values = found.values.get(line.kpi_id, [])
    name = line.name or line.code
    drawn: SafeString | str = ""
    if any(value is not None for value in values):
        drawn = charts.sparkline(
            values,
            label=f"{name}, {WEEKS} weeks",
            baseline=kpi.baseline if kpi else None,
            target=kpi.target if kpi else None,
            size="tile",
        )
    words, note = tile_words(product, line, found.settings), _note(line, found)
    if note and found.adoption and found.adoption.found.is_noise:
        words, note = note, ""  # it says the same, and knows the audiences
    return Tile(
        name=name,
        url=kpi_url(product, line),
        value=measure(line.value, line.unit),
        words=words,
        note=note,
        line=drawn,
        meta=" · ".join(_meta(line, found)),
        css=_css(line, found.settings),
        is_guardrail=line.is_guardrail,
    )


def _note(line: rules.Line, found: ProductHealth) -> str:
    """What adoption is worth, beside the raw figure."""
    adoption = found.adoption
    return adoption_words(adoption) if adoption and adoption.kpi_id == line.kpi_id else ""


def tile_words(product: Product, line: rules.Line, settings: rules.Settings) -> str:
    """How the KPI stands; where use is forced, that it says nothing."""
    standing = _sentence_case(rules.against_plan(line))
    if line.part == rules.Part.EXEMPT:
        return "Exempt: counts neither for nor against"
    if line.group != Group.ADOPTION or round(line.signal, 9) > settings.no_signal_up_to:
        return standing
    noise = "Mandated: no signal" if product.choice == "mandated" else "No signal"
    reached = _reach(product, line)
    return f"{reached}. {noise}." if reached else f"{noise}."


_RHYTHMS = {"dau": "every day", "wau": "every week", "mau": "every month"}


def _reach(product: Product, line: rules.Line) -> str:
    """How many of its people use it: "98 % use it every month"."""
    if line.code not in _RHYTHMS or not product.head_count or line.value is None:
        return ""
    return f"{share(min(line.value / product.head_count, 1))} use it {_RHYTHMS[line.code]}"


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def _meta(line: rules.Line, found: ProductHealth) -> list[str]:
    parts = []
    if line.weight and found.health.weight:
        parts.append(f"weight {share(line.weight / found.health.weight)}")
    elif line.part == rules.Part.SCORED:
        parts.append("weight 0")
    if line.age is not None:
        parts.append("measured today" if line.age <= 0 else f"{age(line.age)} old")
    if line.points is not None and line.part == rules.Part.SCORED:
        parts.append(f"score {whole(line.points)}")
    return parts


def _css(line: rules.Line, settings: rules.Settings) -> str:
    if line.value is None or line.is_dead:
        return "kpi-tile-missing"
    red = line.points is not None and round(line.points, 9) < settings.guardrail_risk_below
    is_red = line.is_guardrail and red and line.part == rules.Part.SCORED
    return "kpi-tile-red" if is_red else ""


def figure_words(value: float | None, digits: int | None = None) -> str:
    """A plain number of the explanation; none where there is none."""
    return DASH if value is None else number(value, digits)
