"""The overview of a product's intake in words."""

from __future__ import annotations

from collections.abc import Mapping

from intake.enums import Decision


def decision_counts(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Now, next, later, no, and what is still open, in this order; without those that are 0."""
    named = [(str(label), found.get(value, 0)) for value, label in Decision.choices]
    return [(label, n) for label, n in [*named, ("Not decided yet", found.get("", 0))] if n]
