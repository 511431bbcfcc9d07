"""Days of a series in wall time, the instants they come to, and the slots of a session.

Wall time is what a clock on the wall of a zone shows. Where a clock is put forward, a time that
does not exist that day means the first one after it; where it is put back, a time that comes twice
means the earlier one. Lengths are real minutes, so a session lasts as long as it says on any day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From `start` up to, but without, `end`, both in UTC."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """On which days a series meets; `weekdays` from 0 (Monday), weeks begin on Monday.

    Every `every_weeks` weeks, counted from the week of `first_day`; `last_day` (None: open) is
    part of it.
    """

    weekdays: frozenset[int]
    every_weeks: int
    first_day: dt.date
    last_day: dt.date | None = None


def falls_on(pattern: Pattern, day: dt.date) -> bool:
    """Whether the series meets on `day`, holidays aside."""
    if day < pattern.first_day or (pattern.last_day is not None and day > pattern.last_day):
        return False
    weeks = (_monday(day) - _monday(pattern.first_day)).days // 7
    return day.weekday() in pattern.weekdays and weeks % pattern.every_weeks == 0


def days_of(
    pattern: Pattern, *, start: dt.date, end: dt.date, holidays: Collection[dt.date] = ()
) -> list[dt.date]:
    """The days from `start` up to, but without, `end` on which the series meets, in order."""
    first = max(start, pattern.first_day)
    days = (first + DAY * n for n in range(max(0, (end - first).days)))
    return [day for day in days if falls_on(pattern, day) and day not in holidays]


def _monday(day: dt.date) -> dt.date:
    return day - DAY * day.weekday()


def instant(day: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """When the clock of `zone` shows `at` on `day`, in UTC (see above for clock changes)."""
    here = ZoneInfo(zone)
    wall = dt.datetime.combine(day, at.replace(tzinfo=None))
    found = wall.replace(tzinfo=here).astimezone(dt.UTC)
    if found.astimezone(here).replace(tzinfo=None) == wall:
        return found
    # In a gap the offset after the change leads to an instant before it, and the other way round.
    return _change_between(wall.replace(tzinfo=here, fold=1).astimezone(dt.UTC), found, here)


def _change_between(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first instant, in whole seconds, that has the offset of `high` rather than of `low`."""
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def slots_of(start: dt.datetime, *, slots: int, minutes: int) -> list[Stretch]:
    """So many slots of so many minutes each, one after the other from `start`."""
    length = dt.timedelta(minutes=minutes)
    begin = start.astimezone(dt.UTC)
    return [Stretch(begin + length * n, begin + length * (n + 1)) for n in range(slots)]


def order_of_moves(moves: Sequence[tuple[dt.datetime, dt.datetime]]) -> list[int]:
    """In which order slots may go from their old start to their new one without ever meeting.

    Both starts ascend over `moves`. What goes later goes first from the end, then what goes
    earlier from the beginning.
    """
    later = [n for n, (old, new) in enumerate(moves) if new > old]
    earlier = [n for n, (old, new) in enumerate(moves) if new < old]
    return [*reversed(later), *earlier]
