"""How often something happens in a month, from what people say (domain.md §5, Pull)."""

from __future__ import annotations

from intake.rules.words import Frequency

WORKING_DAYS_A_MONTH = 21.75
WEEKS_A_MONTH = 52 / 12

A_MONTH: dict[str, float] = {
    Frequency.DAY: WORKING_DAYS_A_MONTH,
    Frequency.WEEK: WEEKS_A_MONTH,
    Frequency.MONTH: 1,
    Frequency.YEAR: 1 / 12,
}


def times_a_month(times: float | None, per: str) -> float | None:
    """`times` per `per` (a `Frequency`) as times a month; None: they were not sure."""
    if times is None or per not in A_MONTH:
        return None
    return times * A_MONTH[per]
