"""What a benchmark found, beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure; a goal is the most that is allowed, in the same unit."""

    goal_id: str
    name: str
    value: float
    goal: float
    unit: str

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal

    def line(self) -> str:
        """The result as a line of the report."""
        mark = "ok  " if self.is_met else "MISS"
        figures = f"{self.value:8.1f} {self.unit:<3} (goal {self.goal:g})"
        return f"{mark} {self.goal_id:<3} {self.name:<44} {figures}"
