"""How many departments a problem really touches (domain.md §5, Breadth)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

FEW = 3
"""Fewer people than this are nobody's *shared* problem, whatever their departments."""

ONLY_YOU = "only you so far"
ONE = "one department so far"
SOME = "a few departments"
SHARED = "shared"


def breadth(departments: Iterable[int | None]) -> float:
    """1 / Σ q² over the departments of the people behind it, one entry a person; 0 for nobody.

    q is a department's share of the people; all whose department is unknown count as one.
    """
    counts = Counter(departments)
    people = counts.total()
    if not people:
        return 0.0
    return people**2 / sum(count**2 for count in counts.values())


def breadth_words(people: int, value: float) -> str:
    """The word that pages show for a breadth."""
    if people < FEW:
        return ONLY_YOU
    value = round(value, 9)
    if value < 1.5:
        return ONE
    return SOME if value < 2.5 else SHARED
