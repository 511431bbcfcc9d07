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


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field of the form can't be so; `field` is its path in `Settings.as_dict()`."""

    field: tuple[str, ...]
    words: str


_THRESHOLDS = {
    "healthy_from": "Healthy from",
    "watch_from": "Watch from",
    "unknown_below": "Unknown below",
    "guardrail_watch_below": "Guardrail holds at watch below",
    "guardrail_risk_below": "Guardrail holds at risk below",
}


def field_problems(settings: Settings) -> list[Problem]:
    """Why these settings can't be in force, field by field."""
    values = settings.as_dict()
    found = [
        Problem((name,), f"{label}: enter 0 to 100.")
        for name, label in _THRESHOLDS.items()
        if not 0 <= values[name] <= 100
    ]
    if settings.watch_from > settings.healthy_from:
        found.append(Problem(("watch_from",), "Watch must not start above healthy."))
    if settings.guardrail_risk_below > settings.guardrail_watch_below:
        words = "A red guardrail must not start above an amber one."
        found.append(Problem(("guardrail_risk_below",), words))
    found += [
        Problem(path, "Signal values: enter 0 to 1.")
        for path, value in _signal_values(settings)
        if not 0 <= value <= 1
    ]
    found += [
        Problem(("stage_factors", stage, group), "Stage factors: enter 0 to 100.")
        for stage, row in settings.stage_factors.items()
        for group, value in row.items()
        if not 0 <= value <= 100
    ]
    return found


def _signal_values(settings: Settings) -> list[tuple[tuple[str, ...], float]]:
    choices, exchanges = settings.choice_factors, settings.exchange_factors
    return [
        *((("choice_factors", key), value) for key, value in choices.items()),
        *((("exchange_factors", key), value) for key, value in exchanges.items()),
        (("no_signal_up_to",), settings.no_signal_up_to),
    ]


def problems(settings: Settings) -> list[str]:
    """Why these settings can't be in force, in the words of the form; empty when they can."""
    return list(dict.fromkeys(one.words for one in field_problems(settings)))


def flat(settings: Settings) -> dict[tuple[str, ...], float]:
    """Every value by its path, as a form and a history name them one by one."""
    found: dict[tuple[str, ...], float] = {}
    for name, value in settings.as_dict().items():
        if name == "stage_factors":
            found |= {(name, key, k): one for key, row in value.items() for k, one in row.items()}
        elif isinstance(value, Mapping):
            found |= {(name, key): one for key, one in value.items()}
        else:
            found[(name,)] = value
    return found


def from_flat(values: Mapping[tuple[str, ...], float]) -> Settings:
    """The settings whose values these are; a path that is missing has its default."""
    plain = Settings().as_dict()
    for path, value in values.items():
        here = plain
        for key in path[:-1]:
            here = here.setdefault(key, {})
        here[path[-1]] = value
    return Settings.from_dict(plain)
