"""How long ago anybody of a persona was listened to or watched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

AMBER_DAYS = 60
RED_DAYS = 120


class DebtLevel(StrEnum):
    """How pressing it is to see them again."""

    NEVER = "never"
    NONE = "none"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Debt:
    """Days since the last interview or observation; None: there never was one."""

    days: int | None
    level: DebtLevel


def research_debt(last: dt.date | None, today: dt.date) -> Debt:
    """The debt on `today`: amber from 60 days on, red from 120.

    Never having seen anybody is told as that, not as a number. A day that has not come is no
    contact yet, and must be left out by the caller.
    """
    if last is None:
        return Debt(None, DebtLevel.NEVER)
    days = (today - last).days
    if days >= RED_DAYS:
        return Debt(days, DebtLevel.RED)
    return Debt(days, DebtLevel.AMBER if days >= AMBER_DAYS else DebtLevel.NONE)
