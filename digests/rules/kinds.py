"""The words of a digest: what happened, and how much of it there is room for (domain.md §6)."""

from __future__ import annotations

from enum import StrEnum


class ItemKind(StrEnum):
    """What happened to a product in a week. Answers to somebody's own requests are no item of an
    issue: they stand in that person's mail alone.
    """

    STATUS = "status"
    DECISION_NEEDED = "decision_needed"
    RISK = "risk"
    KPI = "kpi"
    DECISION = "decision"
    RELEASE = "release"
    WIN = "win"
    LESSON = "lesson"


class Length(StrEnum):
    """How much of an issue a mail has room for: alone, among others, among many."""

    FULL = "full"
    SHORT = "short"
    LINE = "line"
