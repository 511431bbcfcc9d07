"""The week of a digest: when it is drafted, what it tells of, when it is due (domain.md §6).

A week is named by its Monday, never by a number. The clock is never read here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.periods import DAY, Period, local_date, week_start

DRAFTED_AT = dt.time(6)
DUE_AT = dt.time(9)
# The last place on earth to see a day end: UTC−12.
_LAST = dt.timezone(dt.timedelta(hours=-12))


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """The week whose digest goes out on `monday`.

    Raises:
        ValueError: `monday` is none.
    """

    monday: dt.date

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"{self.monday} is no Monday.")

    @property
    def draft_day(self) -> dt.date:
        """D: the Friday before, a day of the organisation's time zone."""
        return self.monday - 3 * DAY

    @property
    def events(self) -> Period:
        """The event week: the seven days that end with the Thursday before D."""
        return Period(self.monday - 10 * DAY, self.draft_day)

    @property
    def event_days(self) -> list[dt.date]:
        """The days of the event week, Friday to Thursday."""
        return list(self.events)

    def event_instants(self, zone: str | ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """The first instant of the event week in `zone`, and the first one after it."""
        return self.events.instants(zone)

    def draft_at(self, zone: str | ZoneInfo) -> dt.datetime:
        """The instant from which it is drafted: Friday 06:00 of the organisation, in UTC."""
        return first_instant(self.draft_day, DRAFTED_AT, zone)

    def local_due(self, zone: str | ZoneInfo) -> dt.datetime:
        """The instant from which somebody in `zone` may get it: Monday 09:00 there, in UTC."""
        return first_instant(self.monday, DUE_AT, zone)

    @property
    def over_at(self) -> dt.datetime:
        """When the Monday has passed everywhere on earth, in UTC."""
        return dt.datetime.combine(self.monday + DAY, dt.time.min, _LAST).astimezone(dt.UTC)

    @property
    def before(self) -> Week:
        """The week before."""
        return Week(self.monday - 7 * DAY)

    @property
    def after(self) -> Week:
        """The week after."""
        return Week(self.monday + 7 * DAY)


def week_at(instant: dt.datetime, zone: str | ZoneInfo) -> Week:
    """The week of the newest Monday whose 09:00 has come in `zone` by `instant`."""
    week = Week(week_start(local_date(instant, zone)))
    return week if week.local_due(zone) <= instant else week.before


def week_to_draft(instant: dt.datetime, zone: str | ZoneInfo) -> Week:
    """The newest week whose draft has come in the organisation's `zone` by `instant`."""
    week = Week(week_start(local_date(instant, zone))).after
    return week if week.draft_at(zone) <= instant else week.before


def week_of_event(instant: dt.datetime, zone: str | ZoneInfo) -> Week:
    """The week that tells of what happened at `instant`, read in the organisation's `zone`."""
    return week_of_event_day(local_date(instant, zone))


def week_of_event_day(day: dt.date) -> Week:
    """The week whose event week holds `day`."""
    return Week(week_start(day, first_weekday=4) + 10 * DAY)


def first_instant(day: dt.date, clock: dt.time, zone: str | ZoneInfo) -> dt.datetime:
    """When the clocks of `zone` first show that time of that day or, where they skip it, more.

    In UTC; of two such instants the earlier.
    """
    rules = ZoneInfo(zone) if isinstance(zone, str) else zone
    wall = dt.datetime.combine(day, clock)
    found = wall.replace(tzinfo=rules).astimezone(dt.UTC)
    if found.astimezone(rules).replace(tzinfo=None) == wall:
        return found
    return _end_of_gap(wall, rules)


def _end_of_gap(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant, to the second, at which the clocks jumped over `wall`."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)  # read by the later offset
    after = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    while after - before > dt.timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after
