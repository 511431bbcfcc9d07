"""Instants as people read them: weekday, day and wall time in their own zone, which is named."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from core.formats import short_day, zone_words

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day_words(day: dt.date, today: dt.date | None = None) -> str:
    """The day as "Thu 26 Nov", with the year unless it is this one."""
    return f"{_WEEKDAYS[day.weekday()]} {short_day(day, today)}"


def clock_words(at: dt.datetime, zone: str) -> str:
    """The time as "14:20" on the wall of `zone`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def moment_words(at: dt.datetime, zone: str, now: dt.datetime | None = None) -> str:
    """The instant as "Thu 26 Nov, 14:20" in `zone`; the year is left out within that of `now`."""
    local = at.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date() if now else None
    return f"{day_words(local.date(), today)}, {local:%H:%M}"


def told_moment(at: dt.datetime, zone: str, now: dt.datetime | None = None) -> str:
    """The same with its zone, where nothing around it says which: "…, 14:20 New York time"."""
    return f"{moment_words(at, zone, now)} {zone_words(zone)}"


def span_words(
    start: dt.datetime, end: dt.datetime, zone: str, now: dt.datetime | None = None
) -> str:
    """Two instants as "Thu 26 Nov, 14:00 to 15:00"; over midnight the end bears its day too."""
    first, last = (at.astimezone(ZoneInfo(zone)) for at in (start, end))
    ends = f"{last:%H:%M}" if first.date() == last.date() else moment_words(end, zone, now)
    return f"{moment_words(start, zone, now)} to {ends}"
