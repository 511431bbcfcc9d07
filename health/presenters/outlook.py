"""What a change of a KPI's plan would do to the product's health today, in a sentence."""

from __future__ import annotations

from core.formats import whole
from core.statuses import status_look
from health import rules
from health.selectors import Scored


def outlook_words(now: Scored, then: Scored) -> str:
    """Health as it is, and as it would be; why, where it would be another one."""
    before, after = _words(now.health), _words(then.health)
    if before == after:
        return f"Today’s health would stay {after}."
    reason = f" {then.reason}." if then.reason else ""
    return f"Today’s health would become {after}; it is {before}.{reason}"


def _words(health: rules.Health) -> str:
    word = status_look(health.status.value).word.lower()
    return word if health.shown is None else f"{whole(health.shown)}, {word}"
