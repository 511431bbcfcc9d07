"""Rows as an import meets them: compared, made, changed, and kept in mind for its undo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from imports.kinds import Tally
from imports.services import Touched
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task

COLUMNS: Mapping[type[models.Model], tuple[str, ...]] = {
    Persona: ("name", "tagline", "rhythm", "pains", "critical_moment", "world_without",
              "champion_id", "version"),
    PersonaHeadCount: ("persona_id", "department_id", "from_date", "head_count"),
    PersonaEvidence: ("persona_id", "what", "source", "validated_on"),
    Goal: ("persona_id", "when", "want", "so_that", "kind", "version"),
    Task: ("goal_id", "name", "minutes", "times_a_month", "is_planned", "version"),
    Fit: ("product_id", "goal_id", "level", "evidence", "judged_on", "version"),
}  # fmt: skip
"""What an import may write, table by table, each hanging on one before it."""
BATCH = 500


def columns_of(row: models.Model) -> dict[str, Any]:
    """A row as plain JSON, to tell later whether it is still the same."""
    values = {name: getattr(row, name) for name in COLUMNS[type(row)]}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
    }


@dataclass(slots=True)
class Written:
    """The rows of one kind of line: made, changed (with how they were), or as the file says."""

    model: type[models.Model]
    made: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    _seen: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def put(self, row: Any, values: Mapping[str, Any], *, is_new: bool = False) -> bool:
        """Let the row say this. False: an earlier line of the file says something else of it."""
        said = self._seen.get(id(row))
        if said is not None:
            return all(said.get(name, value) == value for name, value in values.items())
        self._seen[id(row)] = dict(values)
        if is_new:
            self.made.append(row)
            return True
        if all(getattr(row, name) == value for name, value in values.items()):
            self.unchanged += 1
            return True
        before = columns_of(row)
        for name, value in values.items():
            setattr(row, name, value)
        if "version" in COLUMNS[self.model]:
            row.version += 1
        self.changed.append((row, before))
        return True

    def save(self, *more: str) -> None:
        """Write what is new and what differs, with `more` columns of the changed ones."""
        rows: Any = self.model._default_manager
        rows.bulk_create(self.made, batch_size=BATCH)
        if self.changed:
            names = [name.removesuffix("_id") for name in (*COLUMNS[self.model], *more)]
            rows.bulk_update([row for row, _ in self.changed], names, batch_size=BATCH)

    def touched(self) -> Iterable[Touched]:
        """What an undo needs to know."""
        subject = self.model._meta.label_lower
        for row in self.made:
            yield subject, row.pk, str(row), "made", {"left": columns_of(row)}
        for row, before in self.changed:
            known = {"left": columns_of(row), "fields": before}
            yield subject, row.pk, str(row), "changed", known

    def tally(self, key: str, label: str, refused: Mapping[str, int]) -> Tally:
        """For the outcome."""
        return Tally(key, label, len(self.made), len(self.changed), self.unchanged, refused)
