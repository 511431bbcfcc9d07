"""How long something has waited, as people who work by day count it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

SATURDAY = 5

# Working days that a request may wait for somebody to understand it: three is most of a week, and
# after ten its author has stopped believing in an answer.
AMBER_AFTER = 3.0
RED_AFTER = 10.0

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What counts: days in `zone`, without weekends and without `holidays`."""

    zone: dt.tzinfo
    holidays: frozenset[dt.date] = frozenset()


def is_working_day(day: dt.date, holidays: Collection[dt.date]) -> bool:
    """Monday to Friday, unless it is a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_days(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> float:
    """Working days from `start` to `end`, both aware; 0 when it ends before it starts.

    A whole working day counts 1 however many hours it has (two a year have 23 or 25); of the first
    and the last the part that lies between the two moments.
    """
    if end <= start:
        return 0.0
    first, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    if first == last:
        return _counts(first, calendar) * (_part(end, calendar) - _part(start, calendar))
    between = sum(_counts(first + DAY * n, calendar) for n in range(1, (last - first).days))
    opening = _counts(first, calendar) * (1 - _part(start, calendar))
    return between + opening + _counts(last, calendar) * _part(end, calendar)


def waiting_since(days: float, end: dt.datetime, calendar: Calendar) -> dt.datetime:
    """The latest moment from which `days` working days have passed at `end`: the other way round.

    What has waited for longer came in at it or before. Never more than ten years back.
    """
    left, moment = days, end
    for _ in range(3660):
        midnight = _midnight(moment, calendar)
        if midnight == moment:
            midnight = _midnight(moment - dt.timedelta(microseconds=1), calendar)
        passed = working_days(midnight, moment, calendar)
        if passed > 0 and passed >= left:
            return moment - (moment - midnight) * (left / passed)
        left, moment = left - passed, midnight
    return moment


def _midnight(moment: dt.datetime, calendar: Calendar) -> dt.datetime:
    day = moment.astimezone(calendar.zone).date()
    return dt.datetime.combine(day, dt.time(), tzinfo=calendar.zone).astimezone(dt.UTC)


def _counts(day: dt.date, calendar: Calendar) -> int:
    return int(is_working_day(day, calendar.holidays))


def _part(moment: dt.datetime, calendar: Calendar) -> float:
    """How much of its own day has passed at `moment`, from 0 to 1."""
    local = moment.astimezone(calendar.zone)
    midnight = dt.datetime.combine(local.date(), dt.time(), tzinfo=calendar.zone)
    following = dt.datetime.combine(local.date() + DAY, dt.time(), tzinfo=calendar.zone)
    passed = moment.astimezone(dt.UTC) - midnight.astimezone(dt.UTC)
    return passed / (following.astimezone(dt.UTC) - midnight.astimezone(dt.UTC))


def age_level(days: float) -> str:
    """How urgent something is that has waited so long: nothing, `amber` or `red`."""
    if days >= RED_AFTER:
        return "red"
    return "amber" if days >= AMBER_AFTER else ""
