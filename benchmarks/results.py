"""What a benchmark found, beside its goal."""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure; a goal is the most that is allowed, in the same unit.

    `at_least`: the goal is the least instead (a throughput against its limit). `parts`: what the
    figure was worked out from, a name and seconds each, for those who check it.
    """

    goal_id: str
    name: str
    value: float
    goal: float
    unit: str
    at_least: bool = False
    parts: tuple[tuple[str, float], ...] = ()

    @classmethod
    def ratio(
        cls,
        goal_id: str,
        name: str,
        *,
        seconds: float,
        limit: float,
        goal: float,
        limit_name: str = "limit",
    ) -> Result:
        """How many times the limit something takes; both were measured in the same run."""
        parts = (("took", seconds), (limit_name, limit))
        return cls(goal_id, name, seconds / limit, goal, "x", parts=parts)

    @classmethod
    def speed(
        cls,
        goal_id: str,
        name: str,
        *,
        seconds: float,
        limit: float,
        goal: float,
        limit_name: str = "limit",
    ) -> Result:
        """What share of the limit's speed something reaches; both measured in the same run."""
        parts = (("took", seconds), (limit_name, limit))
        return cls(goal_id, name, limit / seconds, goal, "x", at_least=True, parts=parts)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def line(self) -> str:
        """The result as a line of the report."""
        mark = "ok  " if self.is_met else "MISS"
        sign = "≥" if self.at_least else "≤"
        figures = f"{_short(self.value):>8} {self.unit:<3} (goal {sign} {self.goal:g})"
        seconds = "".join(f"  {name} {value:.3f} s" for name, value in self.parts)
        return f"{mark} {self.goal_id:<3} {self.name:<60} {figures}{seconds}"


def results_of(name: str) -> list[Result]:
    """Run the benchmark of this name; a function of a module that a child process can import."""
    found: list[Result] = importlib.import_module(f"benchmarks.{name}").run()
    return found


def _short(value: float) -> str:
    """One place, or three for what is small."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
