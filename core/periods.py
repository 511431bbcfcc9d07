"""Days, weeks and spans of time: half-open everywhere, made here alone.

A *day* is a calendar date of the organisation's time zone; an instant is an aware datetime. The
clock is never read here: `now` and `today` come in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
KEPT_DAYS = 35
KEPT_YEARS = 2


def local_date(now: dt.datetime, zone: str | ZoneInfo) -> dt.date:
    """The day that the instant `now` falls on in `zone`.

    Raises:
        ValueError: `now` has no time zone, so nobody knows which instant it is.
    """
    if now.tzinfo is None:
        raise ValueError("local_date needs an aware datetime.")
    return now.astimezone(_zone(zone)).date()


def day_start(day: dt.date, zone: str | ZoneInfo) -> dt.datetime:
    """The first instant of `day` in `zone`, in UTC; where midnight is skipped, the one after."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=_zone(zone)).astimezone(dt.UTC)


def week_start(day: dt.date, first_weekday: int = 0) -> dt.date:
    """The first day of the week around `day`; `first_weekday` is numbered as `date.weekday()`.

    Raises:
        ValueError: there is no such weekday.
    """
    if not 0 <= first_weekday <= 6:
        raise ValueError(f"{first_weekday} is no weekday.")
    return day - dt.timedelta(days=(day.weekday() - first_weekday) % 7)


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day some years ago; 28 February where there was no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def kept_days(today: dt.date) -> list[dt.date]:
    """The days whose snapshots are kept, oldest first (domain.md §4).

    Each of the last 35 days, today included, and each Monday of the last two years.
    """
    oldest = years_before(today, KEPT_YEARS)
    recent = {today - DAY * back for back in range(KEPT_DAYS)}
    monday = week_start(today)
    weeks = (monday - DAY * 7 * back for back in range((monday - oldest).days // 7 + 1))
    return sorted(recent.union(day for day in weeks if day > oldest))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, but without, `end`.

    Raises:
        ValueError: it would end before it starts.
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A period can't end ({self.end}) before it starts ({self.start}).")

    @classmethod
    def ending_with(cls, last: dt.date, days: int) -> Period:
        """The `days` days of which `last` is the last one."""
        return cls(last - DAY * (days - 1), last + DAY)

    def __len__(self) -> int:
        return (self.end - self.start).days

    def __iter__(self) -> Iterator[dt.date]:
        return (self.start + DAY * step for step in range(len(self)))

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end

    def overlap(self, other: Period) -> Period | None:
        """The days that are in both; None when there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def instants(self, zone: str | ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """The first instant of the period and the first one after it, in UTC."""
        return day_start(self.start, zone), day_start(self.end, zone)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
