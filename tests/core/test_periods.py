"""Days and weeks, by examples and by properties."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fields import time_zone_names
from core.periods import Period, day_start, kept_days, local_date, week_start, years_before

DAYS = st.dates(dt.date(1971, 1, 1), dt.date(2099, 12, 31))
ZONES = st.sampled_from(time_zone_names())
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", dt.date(2026, 11, 21)),
        ("Pacific/Auckland", dt.date(2026, 11, 22)),
        ("Pacific/Honolulu", dt.date(2026, 11, 21)),
        ("Pacific/Kiritimati", dt.date(2026, 11, 22)),
    ],
)
def test_the_same_instant_is_another_day_elsewhere(zone, day):
    assert local_date(dt.datetime(2026, 11, 21, 11, 30, tzinfo=dt.UTC), zone) == day


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"):
        local_date(dt.datetime(2026, 11, 21), "UTC")


@given(DAYS, ZONES)
def test_a_day_starts_at_its_first_instant(day, zone):
    start = day_start(day, zone)
    assert local_date(start, zone) >= day  # later only where the whole day was skipped
    assert local_date(start - dt.timedelta(microseconds=1), zone) < day


def test_where_midnight_is_skipped_the_day_starts_at_one():
    start = day_start(dt.date(2026, 3, 29), "Asia/Beirut")
    assert start.astimezone(ZoneInfo("Asia/Beirut")).hour == 1


@given(DAYS, st.integers(0, 6))
def test_a_week_starts_on_its_first_weekday_and_holds_the_day(day, first):
    start = week_start(day, first)
    assert start.weekday() == first
    assert start <= day < start + 7 * DAY


def test_there_are_seven_weekdays():
    with pytest.raises(ValueError, match="7"):
        week_start(dt.date(2026, 11, 21), 7)


@given(DAYS)
def test_kept_days_are_the_last_35_and_each_monday_of_two_years(today):
    kept = kept_days(today)
    assert kept == sorted(set(kept))
    assert kept[-35:] == [today - DAY * back for back in range(34, -1, -1)]
    older = kept[:-35]
    assert all(day.weekday() == 0 for day in older)
    assert all(later - sooner == 7 * DAY for sooner, later in pairwise(older))
    oldest = years_before(today, 2)
    assert oldest < kept[0] <= oldest + 7 * DAY


def test_kept_days_by_hand():
    kept = kept_days(dt.date(2026, 11, 21))
    assert (kept[0], kept[-35], len(kept)) == (dt.date(2024, 11, 25), dt.date(2026, 10, 18), 134)


def test_two_years_before_a_leap_day():
    assert years_before(dt.date(2028, 2, 29), 2) == dt.date(2026, 2, 28)


@given(DAYS, st.integers(0, 800), DAYS, st.integers(0, 800))
def test_periods_are_half_open_sets_of_days(start, length, other_start, other_length):
    one = Period(start, start + length * DAY)
    two = Period(other_start, other_start + other_length * DAY)
    assert len(list(one)) == len(one) == length
    assert one.end not in one
    common = set(one) & set(two)
    overlap = one.overlap(two)
    assert set(overlap or ()) == common
    assert overlap == two.overlap(one)


def test_a_period_can_not_end_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        Period(dt.date(2026, 1, 2), dt.date(2026, 1, 1))


def test_a_period_may_be_named_by_its_last_day():
    period = Period.ending_with(dt.date(2026, 11, 21), 28)
    assert (period.start, len(period)) == (dt.date(2026, 10, 25), 28)
    assert dt.date(2026, 11, 21) in period


def test_the_instants_of_a_day_with_25_hours():
    start, end = Period(dt.date(2026, 10, 25), dt.date(2026, 10, 26)).instants("Europe/Berlin")
    assert end - start == dt.timedelta(hours=25)
