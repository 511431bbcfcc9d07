"""The shape of a status in a mail, where there is no picture: it never stands without its word."""

from __future__ import annotations

LOOKS = {"healthy": "●", "watch": "▲", "at_risk": "▼"}
MORE = "And {} more on its page"


def shape(status: str) -> str:
    """A circle, a triangle up or down; anything else is a ring, because we don't know."""
    return LOOKS.get(status, "○")
