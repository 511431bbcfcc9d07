"""Places on the board, as an address carries them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import partial

from core import cursors


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the value that it is sorted by, and its key."""

    value: float | str | dt.date
    pk: int


def cursor_of(place: Place) -> str:
    """The place as text for an address."""
    return cursors.cursor_of(place.value, place.pk)


def place_of(cursor: str, kind: str) -> Place | None:
    """The place that the address names; None where it makes no sense, which is the first page.

    `kind`: the SQL type of the sorted value (float8, int8, text, date).
    """
    found = cursors.place_of(cursor, partial(_value, kind=kind))
    return Place(*found) if found else None


def _value(value: object, kind: str) -> float | str | dt.date:
    """`value` if it is one of this kind.

    Raises:
        ValueError, TypeError: it is not.
    """
    if kind in ("text", "date"):
        words = cursors.text(value)
        return dt.date.fromisoformat(words) if kind == "date" else words
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number of ours")
    if not math.isfinite(value) or abs(value) > 2**40:
        raise ValueError("not a number of ours")
    return int(value) if kind == "int8" else float(value)
