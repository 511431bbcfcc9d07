"""What the formula can be told: thresholds, signal values, stage factors. Source: domain.md §4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from kpis.rules import Group
from portfolio.rules import Choice, Exchange, Stage


class Status(StrEnum):
    """The word that goes with a number; unknown means that we do not know, not that it is fine."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    WATCH = "watch"
    AT_RISK = "at_risk"
    RETIRED = "retired"


_STAGES = (
    Stage.DISCOVERY,
    Stage.PILOT,
    Stage.ROLLOUT,
    Stage.GROWTH,
    Stage.MATURE,
    Stage.SUNSET,
)
_FACTORS = {
    Group.ADOPTION: (0.5, 0.5, 1.5, 1.5, 0.5, 0.5),
    Group.PRODUCTIVITY: (0.5, 0.75, 1.0, 1.0, 1.25, 0.5),
    Group.SATISFACTION: (1.0, 1.25, 1.0, 1.0, 1.0, 1.5),
    Group.COMPLETION: (1.0, 1.25, 1.0, 1.0, 0.75, 0.5),
    Group.PROFICIENCY: (0.5, 0.75, 1.0, 0.75, 0.25, 0.0),
    Group.QUALITY: (0.5, 0.5, 0.5, 0.75, 1.0, 1.5),
    Group.RETURN: (0.0, 0.0, 0.25, 0.5, 0.75, 1.0),
}


def default_factors() -> dict[str, dict[str, float]]:
    """Stage → group → factor: what matters changes with the stage (essay 002)."""
    return {
        stage.value: {group.value: row[column] for group, row in _FACTORS.items()}
        for column, stage in enumerate(_STAGES)
    }


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator may change about the formula; the defaults are domain.md's."""

    healthy_from: float = 80.0
    watch_from: float = 60.0
    unknown_below: float = 25.0
    guardrail_watch_below: float = 50.0
    guardrail_risk_below: float = 25.0
    no_signal_up_to: float = 0.2
    choice_factors: Mapping[str, float] = field(
        default_factory=lambda: {
            Choice.OPTIONAL.value: 1.0,
            Choice.DEFAULT.value: 0.6,
            Choice.MANDATED.value: 0.2,
        }
    )
    exchange_factors: Mapping[str, float] = field(
        default_factory=lambda: {
            Exchange.MONEY.value: 1.0,
            Exchange.EFFORT.value: 0.9,
            Exchange.NONE.value: 0.75,
        }
    )
    stage_factors: Mapping[str, Mapping[str, float]] = field(default_factory=default_factors)

    def stage_factor(self, stage: str, group: str) -> float:
        """How much `group` matters in `stage`: 1 for a group that is not listed."""
        return self.stage_factors.get(stage, _NOTHING).get(group, 1.0)

    def expected_groups(self, stage: str, groups: Iterable[str] = ()) -> list[str]:
        """Groups that `stage` expects to be measured (factor ≥ 1), known ones and `groups`."""
        every = [*_GROUPS, *sorted(set(groups).difference(_GROUPS))]
        return [group for group in every if self.stage_factor(stage, group) >= 1]

    def choice_signal(self, choice: str, exchange: str) -> float:
        """What being used says about a product whose people have this choice and exchange."""
        return self.choice_factors[choice] * self.exchange_factors[exchange]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as a row of settings stores them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """The settings a row stored; what the row does not name has its default."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in values.items() if name in known})


_GROUPS = [group.value for group in Group]
_NOTHING: Mapping[str, float] = MappingProxyType({})


def problems(settings: Settings) -> list[str]:
    """Why these settings can't be in force, in the words of the form; empty when they can."""
    found = []
    thresholds = (
        ("Healthy from", settings.healthy_from),
        ("Watch from", settings.watch_from),
        ("Unknown below", settings.unknown_below),
        ("Guardrail holds at watch below", settings.guardrail_watch_below),
        ("Guardrail holds at risk below", settings.guardrail_risk_below),
    )
    found += [f"{name}: enter 0 to 100." for name, value in thresholds if not 0 <= value <= 100]
    if settings.watch_from > settings.healthy_from:
        found.append("Watch must not start above healthy.")
    if settings.guardrail_risk_below > settings.guardrail_watch_below:
        found.append("A red guardrail must not start above an amber one.")
    shares = (*settings.choice_factors.values(), *settings.exchange_factors.values())
    if not all(0 <= value <= 1 for value in (*shares, settings.no_signal_up_to)):
        found.append("Signal values: enter 0 to 1.")
    factors = [value for row in settings.stage_factors.values() for value in row.values()]
    if not all(0 <= value <= 100 for value in factors):
        found.append("Stage factors: enter 0 to 100.")
    return found
