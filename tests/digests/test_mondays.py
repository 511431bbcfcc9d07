"""F20, F21, F23, F25: Monday 09:00, everywhere, every week: computed, and never twice."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.rules.weeks import Week, week_at

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2030, 12, 30)
MONDAYS = [FIRST + dt.timedelta(days=7 * n) for n in range((LAST - FIRST).days // 7 + 1)]
# `Factory` and `localtime` are no places: the first says that nobody has chosen one.
ZONES = sorted(available_timezones() - {"localtime"})
NINE = dt.time(9)
SECOND = dt.timedelta(seconds=1)


def wall(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def test_every_monday_of_every_zone_is_due_once_at_nine():
    """Every zone of the IANA database × every Monday from 2024 to 2030."""
    assert len(MONDAYS) == 366
    assert len(ZONES) > 590
    late = []
    for name in ZONES:
        zone = ZoneInfo(name)
        dues = [Week(monday).local_due(zone) for monday in MONDAYS]
        assert all(before < after for before, after in pairwise(dues)), name
        assert len(set(dues)) == len(MONDAYS), name
        for monday, due in zip(MONDAYS, dues, strict=True):
            if wall(due, zone) != dt.datetime.combine(monday, NINE):
                late.append((name, monday))
    # No zone skips 09:00 of a Monday in these years; if a release of tzdata brings one, it is the
    # first instant after the gap, which the test below holds.
    print(f"\n{len(ZONES)} zones × {len(MONDAYS)} Mondays, {len(late)} in a gap")
    assert late == []


@pytest.mark.parametrize("name", ZONES)
def test_the_newest_monday_changes_exactly_when_it_is_due(name):
    zone = ZoneInfo(name)
    for monday in MONDAYS[::13]:
        week = Week(monday)
        due = week.local_due(zone)
        assert week_at(due, zone) == week
        assert week_at(due - SECOND, zone) == week.before
        assert week_at(week.after.local_due(zone) - SECOND, zone) == week


@given(
    st.sampled_from(ZONES),
    st.datetimes(dt.datetime(2024, 1, 8), dt.datetime(2030, 12, 31), timezones=st.just(dt.UTC)),
)
def test_at_any_instant_the_newest_monday_has_come_and_the_next_has_not(name, instant):
    zone = ZoneInfo(name)
    week = week_at(instant, zone)
    assert week.local_due(zone) <= instant < week.after.local_due(zone)


@pytest.mark.parametrize(
    ("zone", "monday", "utc"),
    [
        ("America/New_York", dt.date(2026, 3, 2), "2026-03-02 14:00"),
        ("America/New_York", dt.date(2026, 3, 9), "2026-03-09 13:00"),
        ("Europe/Berlin", dt.date(2026, 3, 23), "2026-03-23 08:00"),
        ("Europe/Berlin", dt.date(2026, 3, 30), "2026-03-30 07:00"),
        ("Europe/Berlin", dt.date(2026, 10, 26), "2026-10-26 08:00"),
        ("America/New_York", dt.date(2026, 11, 2), "2026-11-02 14:00"),
        # Half an hour of summer time.
        ("Australia/Lord_Howe", dt.date(2026, 3, 30), "2026-03-29 22:00"),
        ("Australia/Lord_Howe", dt.date(2026, 4, 6), "2026-04-05 22:30"),
        ("Africa/Cairo", dt.date(2026, 4, 20), "2026-04-20 07:00"),
        ("Africa/Cairo", dt.date(2026, 4, 27), "2026-04-27 06:00"),
        # Summer time is put off for Ramadan.
        ("Africa/Casablanca", dt.date(2026, 2, 9), "2026-02-09 08:00"),
        ("Africa/Casablanca", dt.date(2026, 2, 16), "2026-02-16 09:00"),
        ("Africa/Casablanca", dt.date(2026, 3, 23), "2026-03-23 08:00"),
        # Three quarters of an hour, and the first to see a Monday together with Kiritimati.
        ("Pacific/Chatham", dt.date(2026, 4, 6), "2026-04-05 20:15"),
        ("Pacific/Chatham", dt.date(2026, 9, 28), "2026-09-27 19:15"),
        ("Pacific/Kiritimati", dt.date(2026, 11, 30), "2026-11-29 19:00"),
        ("Pacific/Niue", dt.date(2026, 11, 30), "2026-11-30 20:00"),
    ],
)
def test_nine_is_nine_whatever_the_clocks_have_done(zone, monday, utc):
    due = Week(monday).local_due(zone)
    assert due.strftime("%Y-%m-%d %H:%M") == utc
    assert wall(due, ZoneInfo(zone)).time() == NINE


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Fakaofo"])
def test_a_day_that_was_left_out_is_due_at_the_first_instant_after_it(zone):
    """Friday 30 December 2011 never was there; had it been a Monday, this is what is computed."""
    from digests.rules.weeks import DUE_AT, first_instant

    found = first_instant(dt.date(2011, 12, 30), DUE_AT, zone)
    assert wall(found, ZoneInfo(zone)) == dt.datetime(2011, 12, 31, 0, 0)
    assert wall(found - SECOND, ZoneInfo(zone)) == dt.datetime(2011, 12, 29, 23, 59, 59)


@pytest.mark.parametrize(
    "years_end", [dt.date(2020, 12, 28), dt.date(2024, 12, 30), dt.date(2026, 12, 28)]
)
def test_weeks_at_the_end_of_a_year_are_neither_one_nor_missing(years_end):
    """2020-W53, 2025-W01, 2026-W53: a week is a date, so that no number can be there twice."""
    first = Week(years_end)
    weeks = [first.before, first, first.after, first.after.after]
    assert len({week.monday for week in weeks}) == 4
    for before, after in pairwise(weeks):
        assert after.local_due("UTC") - before.local_due("UTC") == dt.timedelta(days=7)
        assert week_at(after.local_due("UTC") - SECOND, "UTC") == before
