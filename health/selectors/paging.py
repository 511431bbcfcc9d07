"""Places on the board, as an address carries them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from core import cursors


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the value that it is sorted by, and its key."""

    value: float | str | dt.date
    pk: int


Row = TypeVar("Row")


class Rows(Protocol[Row]):
    """Rows with their places from `place` on, in the order of the list or in the reverse of it."""

    def __call__(
        self, place: Place | None, limit: int | None, *, reverse: bool
    ) -> list[tuple[Row, Place]]: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in order; `newer` and `older` are cursors to the pages around, or empty."""

    rows: list[Row]
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a list is asked for: after or before the row that a cursor names, else the
    first. `kind` is the SQL type of the value that the list is sorted by.
    """

    after: str
    before: str
    kind: str
    descending: bool
    size: int


def page_by_key(rows: Rows[Row], turn: Turn) -> Page[Row]:
    """A page in one query; the first page where the cursor leads beyond the end."""
    backwards = bool(turn.before) and not turn.after
    place = place_of(turn.before if backwards else turn.after, turn.kind)
    backwards = backwards and place is not None
    found = rows(place, turn.size + 1, reverse=turn.descending != backwards)
    if not found and place is not None:
        place, backwards = None, False
        found = rows(None, turn.size + 1, reverse=turn.descending)
    more, found = len(found) > turn.size, found[: turn.size]
    if backwards:
        found.reverse()
    has_newer = more if backwards else place is not None
    return Page(
        rows=[row for row, _ in found],
        newer=cursor_of(found[0][1]) if found and has_newer else "",
        older=cursor_of(found[-1][1]) if found and (backwards or more) else "",
    )


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
