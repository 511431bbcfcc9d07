"""What opportunities amount to, in words."""

from __future__ import annotations

from core.formats import count, measure
from intake.enums import Decision
from intake.rules.breadth import breadth_words
from intake.rules.pull import Extrapolation
from intake.selectors.board import UNDECIDED
from intake.selectors.independence import Basis

ALIGNMENTS = (
    "Off the mission",
    "A little of the mission",
    "Much of the mission",
    "The mission itself",
)
"""What 0 to 3 mean; the number stands before the words."""

UNJUDGED = "Alignment not judged yet"
NOBODY = "nobody yet"
NO_PULL = "we don’t know yet"


def decision_label(decision: str) -> str:
    """The heading of a column, and the word of a decision ("": not decided)."""
    if decision in ("", UNDECIDED):
        return "Undecided"
    return str(Decision(decision).label)


def alignment_words(alignment: int | None) -> str:
    """0 to 3 with what it means."""
    return UNJUDGED if alignment is None else f"{alignment} of 3: {ALIGNMENTS[alignment].lower()}"


def hours_words(hours: float | None) -> str:
    """So many hours a month; small ones to a tenth."""
    if hours is None:
        return NO_PULL
    digits = 0 if hours >= 10 else 1
    return f"{measure(round(hours, digits), 'h')} a month"


def breadth_of(basis: Basis) -> str:
    """The word for its breadth."""
    return breadth_words(basis.people, basis.breadth) if basis.people else NOBODY


def pull_note(basis: Basis) -> str:
    """On whose word the pull stands."""
    pull = basis.pull
    if not pull.said:
        return "Nobody has said yet how often it happens and how long it takes."
    if pull.said == pull.people:
        return f"By what {count(pull.said, 'person', 'people')} told us of their own work."
    return f"By what {pull.said} of {pull.people} people told us of their own work."


def extrapolation_words(guess: Extrapolation) -> str:
    """The guess, said to be one."""
    return (
        f"If all {guess.head_count:,} people of these personas were like the "
        f"{count(guess.people, 'person', 'people')} who told us: {hours_words(guess.hours)}."
    )


def gate_words(basis: Basis) -> str:
    """Whether *now* is open, and why not."""
    if basis.is_independent:
        return ""
    if not basis.people:
        return "Nobody stands behind it yet, and no figure or observation speaks for it."
    return "Only the one who asked speaks for it so far."
