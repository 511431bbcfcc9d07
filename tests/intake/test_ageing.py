"""Working days: worked examples in several zones, and what holds for all moments."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.ageing import (
    AMBER_AFTER,
    RED_AFTER,
    Calendar,
    age_level,
    is_working_day,
    waiting_since,
    working_days,
)

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
PLAIN = Calendar(BERLIN)
FREE_MONDAY = Calendar(BERLIN, frozenset({dt.date(2026, 11, 23)}))
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
]


def at(day: int, hour: int = 0, *, month: int = 11, zone: ZoneInfo = BERLIN) -> dt.datetime:
    """2026-11-20 is a Friday."""
    return dt.datetime(2026, month, day, hour, tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "end", "calendar", "days"),
    [
        (at(16), at(17), PLAIN, 1.0),
        (at(16), at(21), PLAIN, 5.0),
        (at(16, 12), at(17, 12), PLAIN, 1.0),
        (at(16, 6), at(16, 12), PLAIN, 0.25),
        (at(20, 12), at(23, 12), PLAIN, 1.0),
        (at(21, 9), at(22, 23), PLAIN, 0.0),
        (at(20, 12), at(24, 12), FREE_MONDAY, 1.0),
        (at(23, 9), at(23, 17), FREE_MONDAY, 0.0),
        (at(18), at(16), PLAIN, 0.0),
        (at(18), at(18), PLAIN, 0.0),
        # Four weeks with the night on which the clocks go back.
        (at(12, month=10), at(9, month=11), PLAIN, 20.0),
        # The clocks of Lord Howe go half an hour forward on Sunday, 4 October.
        (at(2, 12, month=10, zone=LORD_HOWE), at(5, 12, month=10, zone=LORD_HOWE),
         Calendar(LORD_HOWE), 1.0),
    ],
)  # fmt: skip
def test_worked_examples(start, end, calendar, days):
    assert working_days(start, end, calendar) == pytest.approx(days)


def test_a_day_of_23_hours_is_one_day():
    cairo = ZoneInfo("Africa/Cairo")  # its clocks go forward on Friday, 24 April 2026
    friday = dt.datetime(2026, 4, 24, tzinfo=cairo)

    assert working_days(friday, friday + dt.timedelta(days=1), Calendar(cairo)) == 1.0


def test_the_zone_decides_which_day_it_is():
    """Friday 20:00 in New York is Saturday in Berlin."""
    start = dt.datetime(2026, 11, 20, 20, tzinfo=ZoneInfo("America/New_York"))
    end = start + dt.timedelta(hours=2)

    assert working_days(start, end, PLAIN) == 0
    assert working_days(start, end, Calendar(ZoneInfo("America/New_York"))) == pytest.approx(2 / 24)


moments = st.datetimes(
    dt.datetime(2024, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)
)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.frozensets(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), max_size=20),
)


@given(one=moments, two=moments, three=moments, calendar=calendars)
def test_time_adds_up(one, two, three, calendar):
    first, second, third = sorted([one, two, three])

    whole = working_days(first, third, calendar)

    parts = working_days(first, second, calendar) + working_days(second, third, calendar)
    assert whole == pytest.approx(parts, abs=1e-6)


@given(one=moments, two=moments, calendar=calendars)
def test_never_longer_than_the_time_that_passed(one, two, calendar):
    start, end = sorted([one, two])

    passed = (end - start) / dt.timedelta(days=1)

    # A day of 23 hours counts one.
    assert 0 <= working_days(start, end, calendar) <= passed * 24 / 23 + 1e-9
    assert working_days(end, start, calendar) == 0


@given(one=moments, two=moments, calendar=calendars)
def test_holidays_never_age_anything(one, two, calendar):
    start, end = sorted([one, two])

    without = working_days(start, end, Calendar(calendar.zone))

    assert working_days(start, end, calendar) <= without


def test_weekends_and_holidays_are_no_working_days():
    days = [dt.date(2026, 11, 16) + dt.timedelta(days=n) for n in range(7)]

    assert [is_working_day(day, {dt.date(2026, 11, 18)}) for day in days] == [
        True, True, False, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (0, ""),
        (AMBER_AFTER - 0.01, ""),
        (AMBER_AFTER, "amber"),
        (RED_AFTER - 0.01, "amber"),
        (RED_AFTER, "red"),
        (400, "red"),
    ],
)
def test_what_waits_long_shows(days, level):
    assert age_level(days) == level


@given(
    days=st.floats(min_value=0.01, max_value=60),
    end=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),
    calendar=calendars,
)
def test_the_way_back_leads_to_the_same_age(days, end, calendar):
    start = waiting_since(days, end, calendar)

    assert working_days(start, end, calendar) == pytest.approx(days, abs=1e-6)
    # The latest such moment: a little later it has not waited so long.
    later = start + dt.timedelta(seconds=5)
    assert working_days(later, end, calendar) < days


def test_three_working_days_before_a_monday_noon():
    """Monday's half, Friday, Thursday, and Wednesday from noon on."""
    assert waiting_since(3, at(23, 12), PLAIN) == at(18, 12)
