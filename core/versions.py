"""Changing a row that carries a version, so that nobody's work is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import F

Row = TypeVar("Row", bound=models.Model)


class Conflict(Exception):
    """Somebody else has changed it since the form was opened; `theirs` is what stands now."""

    def __init__(self, theirs: models.Model) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


def change_row(before: Row, version: int, values: Mapping[str, Any]) -> tuple[Row, bool]:
    """Write `values` over the row that was read at `version`: it afterwards, and whether it moved.

    The same values sent twice change once.

    Raises:
        Conflict: it has another version by now; nothing is written.
    """
    rows: Any = type(before)._default_manager.filter(pk=before.pk)
    if all(getattr(before, name) == value for name, value in values.items()):
        return before, False
    if not rows.filter(version=version).update(**values, version=F("version") + 1):
        raise Conflict(rows.get())
    return rows.get(), True
