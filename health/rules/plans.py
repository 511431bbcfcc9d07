"""What a product and its KPIs are held to on a day, and how a snapshot keeps it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from health.rules.values import Window
from kpis.rules import Direction
from portfolio.rules import Choice, Exchange, Stage


@dataclass(frozen=True, slots=True)
class Audience:
    """One persona's part in a product: how free its people are, and how many they are."""

    persona: str
    choice: str
    exchange: str
    head_count: int


class KpiPlan(NamedTuple):
    """What one KPI is held to. `exemptions`: keys of those in force on the day."""

    kpi_id: int
    code: str
    group: str
    direction: str = Direction.UP.value
    baseline: float | None = None
    baseline_date: dt.date | None = None
    target: float | None = None
    target_date: dt.date | None = None
    weight: float = 3.0
    cadence: int = 28
    is_guardrail: bool = False
    exemptions: tuple[int, ...] = ()
    name: str = ""
    unit: str = ""
    window: Window = Window()

    @property
    def is_targeted(self) -> bool:
        """Whether it enters health at all: with a baseline and a target."""
        return self.baseline is not None and self.target is not None

    @property
    def is_exempt(self) -> bool:
        """Whether it counts neither for nor against the product on this day."""
        return bool(self.exemptions)

    @property
    def label(self) -> str:
        """Its name in sentences."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """What a product is on a day, as far as the formula cares."""

    stage: str = Stage.DISCOVERY.value
    choice: str = Choice.OPTIONAL.value
    exchange: str = Exchange.NONE.value
    audiences: tuple[Audience, ...] = ()
    kpis: tuple[KpiPlan, ...] = ()
    _mark: str = field(default="", init=False, repr=False, compare=False)

    @property
    def is_retired(self) -> bool:
        """A retired product has a status of its own and no health."""
        return self.stage == Stage.RETIRED

    def with_news(self, now: ProductPlan) -> ProductPlan:
        """This stored plan, with what it does not know from `now`: KPIs, exemptions, audiences.

        So a KPI that was created later, with figures for earlier days, enters those days with its
        current plan, while a target changed today leaves them as they were.
        """
        if now is self:
            return self
        current = {kpi.kpi_id: kpi for kpi in now.kpis}
        kept = [_with_exemptions(kpi, current.get(kpi.kpi_id)) for kpi in self.kpis]
        known = {kpi.kpi_id for kpi in self.kpis}
        kept += [kpi for kpi in now.kpis if kpi.kpi_id not in known]
        personas = {audience.persona for audience in self.audiences}
        new = [audience for audience in now.audiences if audience.persona not in personas]
        found = replace(self, kpis=by_code(kept), audiences=(*self.audiences, *new))
        return self if found == self else found

    def without(self, kpi_ids: Collection[int]) -> ProductPlan:
        """This plan as if those KPIs had never been."""
        if not any(kpi.kpi_id in kpi_ids for kpi in self.kpis):
            return self
        return replace(self, kpis=tuple(kpi for kpi in self.kpis if kpi.kpi_id not in kpi_ids))

    def mark(self) -> str:
        """32 hexadecimal digits: plans with the same mark are equal, on any machine, ever after.

        Plans seldom change: to keep and compare a mark spares reading and writing the plan itself.
        """
        if not self._mark:
            digest = hashlib.md5(repr(self).encode(), usedforsecurity=False)
            object.__setattr__(self, "_mark", digest.hexdigest())  # of a value that never changes
        return self._mark

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as a snapshot stores them."""
        return {
            "stage": self.stage,
            "choice": self.choice,
            "exchange": self.exchange,
            "audiences": [
                [one.persona, one.choice, one.exchange, one.head_count] for one in self.audiences
            ],
            "kpis": [_kpi_as_dict(kpi) for kpi in self.kpis],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ProductPlan:
        """The plan that a snapshot stored."""
        return cls(
            stage=values["stage"],
            choice=values["choice"],
            exchange=values["exchange"],
            audiences=tuple(Audience(*one) for one in values["audiences"]),
            kpis=tuple(_kpi_from_dict(kpi) for kpi in values["kpis"]),
        )


def by_code(kpis: Iterable[KpiPlan]) -> tuple[KpiPlan, ...]:
    """In the order of codes: sums are added in it, so equal inputs give equal numbers."""
    return tuple(sorted(kpis, key=lambda kpi: (kpi.code, kpi.kpi_id)))


def _with_exemptions(stored: KpiPlan, current: KpiPlan | None) -> KpiPlan:
    if current is None or not set(current.exemptions).difference(stored.exemptions):
        return stored
    return stored._replace(exemptions=tuple(sorted({*stored.exemptions, *current.exemptions})))


def _kpi_as_dict(kpi: KpiPlan) -> dict[str, Any]:
    return {
        "id": kpi.kpi_id,
        "code": kpi.code,
        "name": kpi.name,
        "unit": kpi.unit,
        "group": kpi.group,
        "direction": kpi.direction,
        "baseline": kpi.baseline,
        "baseline_date": written_day(kpi.baseline_date),
        "target": kpi.target,
        "target_date": written_day(kpi.target_date),
        "weight": kpi.weight,
        "cadence": kpi.cadence,
        "guardrail": kpi.is_guardrail,
        "exemptions": list(kpi.exemptions),
        "window": [kpi.window.aggregation, kpi.window.days, kpi.window.is_summed],
        "segments": [list(pair) for pair in kpi.window.weights],
    }


def _kpi_from_dict(values: Mapping[str, Any]) -> KpiPlan:
    return KpiPlan(
        kpi_id=values["id"],
        code=values["code"],
        name=values["name"],
        unit=values["unit"],
        group=values["group"],
        direction=values["direction"],
        baseline=read_number(values["baseline"]),
        baseline_date=read_day(values["baseline_date"]),
        target=read_number(values["target"]),
        target_date=read_day(values["target_date"]),
        weight=values["weight"],
        cadence=values["cadence"],
        is_guardrail=values["guardrail"],
        exemptions=tuple(values["exemptions"]),
        window=_window(values),
    )


def _window(values: Mapping[str, Any]) -> Window:
    aggregation, days, is_summed = values["window"]
    weights = tuple((segment, float(weight)) for segment, weight in values["segments"])
    return Window(aggregation, days, is_summed, weights)


def written_day(day: dt.date | None) -> str | None:
    """A day for plain JSON."""
    return day.isoformat() if day else None


def read_day(text: str | None) -> dt.date | None:
    """A day as plain JSON keeps it."""
    return dt.date.fromisoformat(text) if text else None


def read_number(value: float | None) -> float | None:
    """A number as plain JSON keeps it: 1e75 comes back as a long integer."""
    return None if value is None else float(value)
