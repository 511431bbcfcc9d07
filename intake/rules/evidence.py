"""Whether anything but the requester speaks for an opportunity (domain.md §5, the gate)."""

from __future__ import annotations

from collections.abc import Iterable

from intake.rules.people import Human
from intake.rules.words import Decision


def has_independent(people: Iterable[Human], impersonal: int) -> bool:
    """Whether there is a piece of evidence that is not the requester's.

    That is: an `impersonal` piece (a KPI, an observation or a suggestion that is nobody's), a
    second person, or one person who was not the one to ask.
    """
    behind = list(people)
    if impersonal > 0 or len(behind) >= 2:
        return True
    return bool(behind) and not any(human.has_requested for human in behind)


def passes_gate(decision: str, *, is_independent: bool, is_favour: bool) -> bool:
    """Whether `decision` may be taken: *now* needs independent evidence, or to be a favour."""
    return decision != Decision.NOW or is_independent or is_favour
