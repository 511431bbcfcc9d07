"""The plan that a mapping gives to new KPIs of a metric (docs/mappings.md)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imports.rules.mapping import Mapping as FileMapping
from imports.rules.mapping import MappingRefused
from kpis.models import Metric
from kpis.rules import PLAN_DAYS, DateOutOfBounds, ValueOutOfBounds

FIRST = "first"
NONE = "none"
_PER_CENT = re.compile(r"\s*([+−-]?)\s*([0-9]+(?:[.,][0-9]+)?)\s*%\s*")
_NUMBER = re.compile(r"\s*([+−-]?)\s*([0-9]+(?:[.,][0-9]+)?)\s*")


@dataclass(frozen=True, slots=True)
class Level:
    """A baseline or target: a number, a share of the first value, or (both None) nothing.

    `share` 0.9 is "-10 %", 1 is "first".
    """

    number: float | None = None
    share: float | None = None

    def of(self, first: float | None) -> float | None:
        """The level for a KPI whose first value is this one."""
        if self.share is None or first is None:
            return self.number if self.share is None else None
        return first * self.share


@dataclass(frozen=True, slots=True)
class PlanRule:
    """What new KPIs of a metric are held to; `cadence` in days."""

    cadence: int
    baseline: Level = Level()
    target: Level = Level()
    target_date: dt.date | None = None
    weight: int = 3
    is_guardrail: bool = False


class _Problem(ValueError):
    """An option that can't be; the message says why."""


def plan_rules(mapping: FileMapping, metrics: Mapping[str, Metric]) -> dict[int, PlanRule]:
    """The rule for each metric (by key) that the mapping names; `metrics` by the text it uses.

    Raises:
        MappingRefused: an option can't be; one sentence for each.
    """
    problems: list[str] = []
    rules: dict[int, PlanRule] = {}
    for series in mapping.series:
        metric = metrics[series.key]
        values: dict[str, Any] = {"cadence": metric.cadence}
        for name, option in series.options.items():
            try:
                values.update(_READERS[name](option, metric))
            except _Problem as problem:
                problems.append(f"[[kpi]] {series.key}, {name}: {problem}")
        rules.setdefault(metric.pk, PlanRule(**values))
    if problems:
        raise MappingRefused(problems)
    return rules


def _level(option: Any, metric: Metric) -> Level:
    if isinstance(option, bool) or not isinstance(option, int | float | str):
        raise _Problem("Write a number, “first”, “none” or a change like “-10 %”.")
    if isinstance(option, str):
        text = option.strip().casefold()
        if text in {NONE, ""}:
            return Level()
        if text == FIRST:
            return Level(share=1.0)
        if found := _PER_CENT.fullmatch(text):
            return Level(share=1 + _signed(found) / 100)
        if not (found := _NUMBER.fullmatch(text)):
            raise _Problem("Write a number, “first”, “none” or a change like “-10 %”.")
        option = _signed(found)
    try:
        metric.bounds.check(float(option))
    except ValueOutOfBounds as error:
        raise _Problem(f"{metric} can't be {option:g}. {error}") from error
    return Level(number=float(option))


def _signed(found: re.Match[str]) -> float:
    number = float(found[2].replace(",", "."))
    return -number if found[1] in {"-", "−"} else number


def _day(option: Any) -> dt.date | None:
    if isinstance(option, str) and option.strip().casefold() in {NONE, ""}:
        return None
    try:
        day = option if isinstance(option, dt.date) else dt.date.fromisoformat(str(option).strip())
        PLAN_DAYS.check(day)
    except DateOutOfBounds as error:
        raise _Problem(str(error)) from error
    except ValueError as error:
        raise _Problem("Write a day, like 2027-12-31.") from error
    return day


def _whole(option: Any, smallest: int, largest: int) -> int:
    if isinstance(option, str) and option.strip().isdecimal():
        option = int(option)
    if type(option) is not int or not smallest <= option <= largest:
        raise _Problem(f"Write a whole number from {smallest} to {largest}.")
    return option


def _yes(option: Any) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    found = option if isinstance(option, bool) else words.get(str(option).strip().casefold())
    if found is None:
        raise _Problem("Write true or false.")
    return found


_READERS: dict[str, Any] = {
    "baseline": lambda option, metric: {"baseline": _level(option, metric)},
    "target": lambda option, metric: {"target": _level(option, metric)},
    "target_date": lambda option, _metric: {"target_date": _day(option)},
    "cadence": lambda option, _metric: {"cadence": _whole(option, 1, 731)},
    "weight": lambda option, _metric: {"weight": _whole(option, 1, 5)},
    "guardrail": lambda option, _metric: {"is_guardrail": _yes(option)},
}
