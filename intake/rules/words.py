"""The closed lists that rules reason about; `enums.py` gives them the words that pages show."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How far a request has come (domain.md §5)."""

    NEW = "new"
    UNDERSTOOD = "understood"
    LINKED = "linked"
    DECIDED = "decided"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed request ended."""

    SHIPPED = "shipped"
    DECLINED = "declined"
    ANSWERED = "answered"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What was decided about an opportunity."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"
    NO = "no"


class Frequency(StrEnum):
    """Per what somebody counts how often."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
