"""Health, confidence and status of a product on a day, and every part of the sum (domain.md §4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from health.rules.kpi import Score, adoption_signal, clamp, freshness, kpi_score
from health.rules.plans import KpiPlan, ProductPlan, read_day, read_number, written_day
from health.rules.settings import Settings, Status
from health.rules.values import KpiFact
from kpis.rules import Group

_BASE_OF_MISSING_GROUP = 3.0
_PLACES = 9


class Part(StrEnum):
    """How a KPI takes part in the sum."""

    SCORED = "scored"
    NO_VALUE = "no_value"
    UNTARGETED = "untargeted"
    EXEMPT = "exempt"


class Line(NamedTuple):
    """One KPI's row of the explanation. `weight` = base × factor × signal × freshness."""

    kpi_id: int
    code: str
    name: str
    unit: str
    group: str
    part: Part
    base: float
    factor: float
    signal: float
    cadence: int
    is_guardrail: bool
    direction: str
    value: float | None = None
    last: dt.date | None = None
    first: dt.date | None = None
    age: int | None = None
    source: str = ""
    progress: float | None = None
    expected: float | None = None
    points: float | None = None
    gap: float | None = None
    freshness: float = 0.0
    weight: float = 0.0
    lost: float = 0.0

    @property
    def is_hold(self) -> bool:
        """Whether its job is to stay at a level."""
        return self.gap is not None

    @property
    def is_stale(self) -> bool:
        """Measured later than its cadence asks for."""
        return self.age is not None and self.age > self.cadence

    @property
    def is_dead(self) -> bool:
        """So late, three cadences, that it no longer counts."""
        return self.age is not None and self.age >= 3 * self.cadence

    @property
    def counts(self) -> bool:
        """Whether it adds anything to health."""
        return self.weight > 0

    @property
    def is_missing_guardrail(self) -> bool:
        """A guardrail that can't guard: without value, exempt, untargeted or dead."""
        return self.is_guardrail and (self.part != Part.SCORED or self.is_dead)


@dataclass(frozen=True, slots=True)
class Cap:
    """The guardrail that lowered the status, and the status it allows at most."""

    kpi_id: int
    code: str
    points: float
    status: Status


@dataclass(frozen=True, slots=True)
class Health:
    """How a product does on a day, and why.

    `health` may be a number although the status is unknown: pages leave it out there.
    `weight` is Σ weight of what counts, `full` the denominator of the confidence.
    """

    status: Status
    health: float | None
    confidence: float
    cap: Cap | None = None
    lines: tuple[Line, ...] = ()
    missing_groups: tuple[str, ...] = ()
    weight: float = 0.0
    full: float = 0.0

    @property
    def shown(self) -> float | None:
        """Health as pages show it: none where we do not know."""
        return None if self.status in (Status.UNKNOWN, Status.RETIRED) else self.health

    def losses(self) -> list[Line]:
        """What costs points, the most expensive first; equal ones by KPI code."""
        costly = [line for line in self.lines if round(line.lost, _PLACES) > 0]
        return sorted(costly, key=lambda line: (-round(line.lost, _PLACES), line.code))

    def explanation(self) -> dict[str, Any]:
        """Plain values, as a snapshot stores them beside its plan."""
        cap = self.cap
        return {
            "lines": _as_columns(self.lines),
            "missing_groups": list(self.missing_groups),
            "cap": cap and [cap.kpi_id, cap.code, cap.points, cap.status.value],
            "weight": self.weight,
            "full": self.full,
        }

    @classmethod
    def from_explanation(
        cls,
        status: str,
        health: float | None,
        confidence: float,
        values: Mapping[str, Any],
        plan: ProductPlan,
    ) -> Health:
        """The health that a snapshot stored, with its `plan`, which names what the lines mean."""
        cap = values["cap"]
        return cls(
            status=Status(status),
            health=health,
            confidence=confidence,
            cap=Cap(cap[0], cap[1], cap[2], Status(cap[3])) if cap else None,
            lines=tuple(_from_columns(values["lines"], plan)),
            missing_groups=tuple(values["missing_groups"]),
            weight=values["weight"],
            full=values["full"],
        )


RETIRED = Health(status=Status.RETIRED, health=None, confidence=0.0)


def score_product(
    plan: ProductPlan, facts: Mapping[int, KpiFact], day: dt.date, settings: Settings
) -> Health:
    """Health of a product at the end of `day`; `facts` by KPI id, dated on or before it."""
    if plan.is_retired:
        return RETIRED
    heard = adoption_signal(plan, settings)
    parts = [_measured(kpi, facts.get(kpi.kpi_id), day) for kpi in plan.kpis]
    for part in parts:
        part.weigh(settings.stage_factor(plan.stage, part.kpi.group), heard)
    total = _sum(part.weight for part in parts)
    score = None
    if total > 0:
        score = clamp(_sum(part.weight * part.points for part in parts) / total, 0.0, 100.0)
    lines = [part.line(total) for part in parts]
    missing = _missing_groups(plan, settings)
    full = _full(plan, lines, missing, settings)
    confidence = clamp(100 * total / full, 0.0, 100.0) if full > 0 else 0.0
    word = status_of(score, confidence, settings)
    cap = _cap(word, lines, settings)
    return Health(
        status=cap.status if cap else word,
        health=score,
        confidence=confidence,
        cap=cap,
        lines=tuple(lines),
        missing_groups=tuple(missing),
        weight=total,
        full=full,
    )


def status_of(health: float | None, confidence: float, settings: Settings) -> Status:
    """The word for these numbers, before guardrails."""
    if health is None or round(confidence, _PLACES) < settings.unknown_below:
        return Status.UNKNOWN
    if round(health, _PLACES) >= settings.healthy_from:
        return Status.HEALTHY
    return Status.WATCH if round(health, _PLACES) >= settings.watch_from else Status.AT_RISK


def trend(now: Health, before: Health) -> float | None:
    """Change of health; none where either is unknown."""
    if now.shown is None or before.shown is None:
        return None
    return now.shown - before.shown


@dataclass(slots=True)
class _Measured:
    """One KPI while the sum is being made; `Line` is what stays of it."""

    kpi: KpiPlan
    part: Part
    fact: KpiFact | None
    score: Score | None
    age: int | None
    freshness: float
    factor: float = 1.0
    signal: float = 1.0
    weight: float = 0.0

    @property
    def points(self) -> float:
        return self.score.points if self.score else 0.0

    def weigh(self, factor: float, heard: float) -> None:
        """Base × stage factor × signal × freshness; nothing for what does not take part."""
        self.factor = factor
        self.signal = heard if self.kpi.group == Group.ADOPTION else 1.0
        if self.part == Part.SCORED:
            self.weight = self.kpi.weight * factor * self.signal * self.freshness

    def line(self, total: float) -> Line:
        """The row of the explanation; `total` is Σ weight."""
        kpi, fact, score = self.kpi, self.fact, self.score
        return Line(
            kpi_id=kpi.kpi_id,
            code=kpi.code,
            name=kpi.name,
            unit=kpi.unit,
            group=kpi.group,
            part=self.part,
            base=kpi.weight,
            factor=self.factor,
            signal=self.signal,
            cadence=kpi.cadence,
            is_guardrail=kpi.is_guardrail,
            direction=kpi.direction,
            value=fact.value if fact else None,
            last=fact.last if fact else None,
            first=fact.first if fact else None,
            age=self.age,
            source=fact.source if fact else "",
            progress=score.progress if score else None,
            expected=score.expected if score else None,
            points=score.points if score else None,
            gap=score.gap if score else None,
            freshness=self.freshness,
            weight=self.weight,
            lost=self.weight * (100 - self.points) / total if self.weight else 0.0,
        )


def _measured(kpi: KpiPlan, fact: KpiFact | None, day: dt.date) -> _Measured:
    part = _part(kpi, fact)
    if fact is None:
        return _Measured(kpi, part, None, None, None, 0.0)
    age = (day - fact.last).days
    return _Measured(kpi, part, fact, kpi_score(kpi, fact, day), age, freshness(age, kpi.cadence))


def _part(kpi: KpiPlan, fact: KpiFact | None) -> Part:
    if kpi.is_exempt:
        return Part.EXEMPT
    if not kpi.is_targeted:
        return Part.UNTARGETED
    return Part.NO_VALUE if fact is None else Part.SCORED


def _missing_groups(plan: ProductPlan, settings: Settings) -> list[str]:
    """Groups the stage expects and nobody targets; where all KPIs are exempt, none is expected."""
    groups = {kpi.group for kpi in plan.kpis}
    targeted = {kpi.group for kpi in plan.kpis if kpi.is_targeted and not kpi.is_exempt}
    excused = groups - {kpi.group for kpi in plan.kpis if not kpi.is_exempt}
    expected = settings.expected_groups(plan.stage, groups)
    return [group for group in expected if group not in targeted and group not in excused]


def _full(
    plan: ProductPlan, lines: Iterable[Line], missing: Iterable[str], settings: Settings
) -> float:
    """Σ weight if everything that should be were measured freshly, by people with a choice."""
    counted = (Part.SCORED, Part.NO_VALUE)
    own = _sum(line.base * line.factor for line in lines if line.part in counted)
    return own + _sum(
        _BASE_OF_MISSING_GROUP * settings.stage_factor(plan.stage, group) for group in missing
    )


def _cap(word: Status, lines: Sequence[Line], settings: Settings) -> Cap | None:
    """The lowest guardrail, if it allows less than `word`; stale ones cap, dead ones don't."""
    if word not in (Status.HEALTHY, Status.WATCH):
        return None
    guards = [
        (line.points, line.code, line)
        for line in lines
        if line.is_guardrail
        and line.part == Part.SCORED
        and line.points is not None
        and line.freshness > 0
    ]
    if not guards:
        return None
    points, code, line = min(guards, key=lambda guard: (guard[0], guard[1]))
    if round(points, _PLACES) < settings.guardrail_risk_below:
        return Cap(line.kpi_id, code, points, Status.AT_RISK)
    if round(points, _PLACES) < settings.guardrail_watch_below and word == Status.HEALTHY:
        return Cap(line.kpi_id, code, points, Status.WATCH)
    return None


def _sum(values: Iterable[float]) -> float:
    """Added from the left in the order of codes, on every Python alike."""
    total = 0.0
    for value in values:
        total += value
    return total


# What the plan says of a KPI is kept there, and not a second time in each line.
_PLAIN = (
    "kpi_id",
    "part",
    "factor",
    "signal",
    "age",
    "source",
    "points",
    "freshness",
    "weight",
    "lost",
)
_LARGE = ("value", "progress", "expected", "gap")
_DAYS = ("last", "first")


def _as_columns(lines: Sequence[Line]) -> dict[str, list[Any]]:
    """Each field once, with its values of all lines: half as long as each line with its fields."""
    every = zip(*lines, strict=True) if lines else ((),) * len(Line._fields)
    columns = dict(zip(Line._fields, map(list, every), strict=True))
    found = {name: columns[name] for name in (*_PLAIN, *_LARGE)}
    return found | {name: [written_day(day) for day in columns[name]] for name in _DAYS}


def _from_columns(
    stored: Mapping[str, Sequence[Any]] | Sequence[Any], plan: ProductPlan
) -> list[Line]:
    """The lines again; rows from before there were columns hold each line as a dict."""
    kpis = {kpi.kpi_id: kpi for kpi in plan.kpis}
    if isinstance(stored, Mapping):
        rows = zip(*stored.values(), strict=True)
        stored = [dict(zip(stored, row, strict=True)) for row in rows]
    return [_line(values, kpis[values["kpi_id"]]) for values in stored]


def _line(values: Mapping[str, Any], kpi: KpiPlan) -> Line:
    given = {name: values[name] for name in _PLAIN}
    given |= {name: read_number(values[name]) for name in _LARGE}
    given |= {name: read_day(values[name]) for name in _DAYS}
    given["part"] = Part(values["part"])
    return Line(
        code=kpi.code,
        name=kpi.name,
        unit=kpi.unit,
        group=kpi.group,
        base=kpi.weight,
        cadence=kpi.cadence,
        is_guardrail=kpi.is_guardrail,
        direction=kpi.direction,
        **given,
    )
