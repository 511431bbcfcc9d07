"""The formula of health (domain.md §4), once, over plain values.

Nothing here knows Django, the clock or the database.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The word that goes with a number; unknown means that we do not know, never that it is fine."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    WATCH = "watch"
    AT_RISK = "at_risk"
    RETIRED = "retired"
