"""Changing a row that carries a version, so that nobody's work is lost; the words for whoever was
slower.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import F

from core.formats import short_day

Row = TypeVar("Row", bound=models.Model)


class Conflict(Exception):
    """Somebody else has changed it since the form was opened; `theirs` is what stands now."""

    def __init__(self, theirs: models.Model) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


def change_row(
    before: Row, version: int, values: Mapping[str, Any], *, stamp: Mapping[str, Any] | None = None
) -> tuple[Row, bool]:
    """Write `values` over the row that was read at `version`: it afterwards, and whether it moved.

    The same values sent twice change once. `stamp` is written with them (when it was), and is no
    change by itself: one statement, so that the history has one entry.

    Raises:
        Conflict: it has another version by now; nothing is written.
    """
    rows: Any = type(before)._default_manager.filter(pk=before.pk)
    if all(getattr(before, name) == value for name, value in values.items()):
        return before, False
    if not rows.filter(version=version).update(**values, **(stamp or {}), version=F("version") + 1):
        raise Conflict(rows.get())
    return rows.get(), True


def standing(row: models.Model, name: str) -> str:
    """What stands in a field, as a form for that field alone remembers it: the text of its column,
    of a related row its key.
    """
    value = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]  # a column
    return "" if value is None else str(value)


def conflict_words(
    who: str, labels: Mapping[str, str], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> str:
    """What somebody else saved meanwhile, beside what was typed."""
    differing = [
        f"{label}: saved now “{_shown(theirs[name])}”, you typed “{_shown(mine.get(name))}”."
        for name, label in labels.items()
        if name in theirs and theirs[name] != mine.get(name)
    ]
    return " ".join(
        [f"{who} changed this while you were typing.", *differing, "Save again to keep yours."]
    )


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return short_day(value) if isinstance(value, dt.date) else str(value)
