"""What may be printed of somebody who was interviewed or watched, by what they agreed to."""

from __future__ import annotations

SOMEBODY = "Somebody"
QUOTES = "quotes"
NAMED = "named"


def may_quote(consent: str) -> bool:
    """Whether their own words may be kept and printed."""
    return consent in (QUOTES, NAMED)


def whom(consent: str, name: str, department: str) -> str:
    """Who it was, in print: by name only if they agreed to that, else "Somebody in Finance"."""
    if name and consent == NAMED:
        return f"{name}, {department}" if department else name
    return f"{SOMEBODY} in {department}" if department else SOMEBODY
