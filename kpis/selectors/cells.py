"""Cells of the week's grid: what stands there, what is sent, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

Place = tuple[int, dt.date]


@dataclass(frozen=True, slots=True)
class Stand:
    """Everyone's value that stands in a week: the one of the last day that has one."""

    day: dt.date
    value: float
    sample_size: int | None = None
    note: str = ""
    entered_by: int | None = None

    @property
    def token(self) -> str:
        """What a cell carries of it, so that nobody overwrites what they have not seen."""
        return f"{self.day.isoformat()}={self.value!r}"


class CellState(StrEnum):
    """What became of a cell."""

    SAVED = "saved"
    DELETED = "deleted"
    SAME = "same"
    WRONG = "wrong"
    CONFLICT = "conflict"
    REFUSED = "refused"

    @property
    def is_fine(self) -> bool:
        """Whether nothing is left to be done about it."""
        return self in (CellState.SAVED, CellState.DELETED, CellState.SAME)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it was left: `text` as typed, `was` the token of what stood there when shown."""

    kpi_id: int
    week: dt.date
    text: str
    was: str = ""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.kpi_id, self.week


@dataclass(frozen=True, slots=True)
class Step:
    """What takes one cell back: the change of history, or where there is none the new value."""

    kpi_id: int
    day: dt.date
    change_id: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of a cell, why, and what stands there now."""

    cell: Cell
    state: CellState
    why: str = ""
    stand: Stand | None = None
    step: Step | None = None
