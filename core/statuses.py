"""How a status looks: its word and its shape. What a status *means* is decided by the app that
computes it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusLook:
    """Word, icon in the sprite and the part of the class names that carries its colour."""

    word: str
    icon: str
    css: str


_LOOKS = {
    "healthy": StatusLook("Healthy", "status-healthy", "healthy"),
    "watch": StatusLook("Watch", "status-watch", "watch"),
    "at_risk": StatusLook("At risk", "status-at_risk", "at-risk"),
    "unknown": StatusLook("Unknown", "status-unknown", "unknown"),
    "retired": StatusLook("Retired", "status-retired", "retired"),
}


def status_look(status: str) -> StatusLook:
    """The look of a status key; anything else looks unknown, because grey means "we don't know"."""
    return _LOOKS.get(str(status), _LOOKS["unknown"])
