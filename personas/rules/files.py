"""The file of personas: its kinds of lines, its columns, and how a text stands in a cell, so that
it comes back to the letter.
"""

from __future__ import annotations

PERSONA, PEOPLE, EVIDENCE = "persona", "people", "evidence"
GOAL, TASK, FIT = "goal", "task", "fit"
LABELS = {
    "record": "Record",
    "persona": "Persona",
    "tagline": "In one line",
    "rhythm": "Rhythm",
    "champion": "Champion",
    "pains": "Pains",
    "critical_moment": "Critical moment",
    "world_without": "World without them",
    "department": "Department",
    "people": "People",
    "goal": "Goal",
    "when": "When",
    "want": "I want to",
    "so_that": "So that",
    "kind": "Kind",
    "task": "Task",
    "minutes": "Minutes",
    "times_a_month": "Times a month",
    "is_planned": "Planned",
    "product": "Product",
    "fit": "Fit",
    "evidence": "Evidence",
    "source": "Source",
    "day": "Day",
}
"""Column → its title, in their order."""

_QUOTE = "'"
_FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠|%")


def guarded(text: str) -> str:
    """The text for an export, which itself puts an apostrophe before what looks like a formula
    (core/exports.py): one that stood there before gets another, so that it is not taken for ours.
    """
    return f"{_QUOTE}{text}" if text.startswith(_QUOTE) and _is_guarded(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell, without the one apostrophe that an export has put there."""
    text = cell.strip()
    return text[1:].strip() if text.startswith(_QUOTE) and _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    """Whether a formula stands behind the apostrophes."""
    inner = text.lstrip(_QUOTE)
    bare = inner.lstrip()
    return not _FORMULA_SIGNS.isdisjoint(inner[: len(inner) - len(bare) + 1])
