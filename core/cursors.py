"""Places in a sorted list, as an address carries them: what stands there, and the row's key."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any

LONGEST = 1000


def cursor_of(value: float | str | dt.date, pk: int) -> str:
    """The place of the row `pk`, whose sorted value is `value`, as text for an address."""
    plain = value.isoformat() if isinstance(value, dt.date) else value
    raw = json.dumps([plain, pk], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def place_of(cursor: str, parse: Callable[[Any], Any]) -> tuple[Any, int] | None:
    """Value and key that the address names; None where it makes no sense: the first page.

    `parse` makes the value what it was, and raises `ValueError` or `TypeError` where it can't be.
    """
    if not cursor or len(cursor) > LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, pk = json.loads(raw)
        if type(pk) is not int or not 0 < pk < 2**63:
            return None
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return parse(value), pk
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        return None


def text(value: Any) -> str:
    """`value` if it is a text that the database can compare with.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, str) or "\0" in value or len(value) > 300:
        raise ValueError("not a text of ours")
    value.encode()  # a lone surrogate is no text
    return value


def moment(value: Any) -> dt.datetime:
    """`value` as an instant, in UTC: the database knows no zones beyond 16 hours from it.

    Raises:
        ValueError, TypeError, OverflowError: it is none.
    """
    found = dt.datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found.astimezone(dt.UTC)
