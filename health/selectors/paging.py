"""Places in a sorted list, as an address carries them."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
from dataclasses import dataclass

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the value that it is sorted by, and its key."""

    value: float | str | dt.date
    pk: int


def cursor_of(place: Place) -> str:
    """The place as text for an address."""
    value = place.value.isoformat() if isinstance(place.value, dt.date) else place.value
    raw = json.dumps([value, place.pk], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def place_of(cursor: str, kind: str) -> Place | None:
    """The place that the address names; None where it makes no sense, which is the first page.

    `kind`: the SQL type of the sorted value (float8, int8, text, date).
    """
    if not cursor or len(cursor) > LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, pk = json.loads(raw)
        if type(pk) is not int or not 0 < pk < 2**63:
            return None
        return Place(_value(value, kind), pk)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        return None


def _value(value: object, kind: str) -> float | str | dt.date:
    """`value` if it is one of this kind.

    Raises:
        ValueError: it is not.
    """
    if kind in ("text", "date"):
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("not a text of ours")
        value.encode()  # a lone surrogate is no text
        return dt.date.fromisoformat(value) if kind == "date" else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number of ours")
    if not math.isfinite(value) or abs(value) > 2**40:
        raise ValueError("not a number of ours")
    return int(value) if kind == "int8" else float(value)
