"""Weeks: which Monday, which event week, which instant (domain.md §6)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.rules.weeks import (
    Week,
    first_instant,
    week_at,
    week_of_event,
    week_of_event_day,
    week_to_draft,
)

MONDAY = dt.date(2026, 11, 30)
WEEK = Week(MONDAY)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

mondays = st.integers(0, 700).map(lambda n: dt.date(2020, 1, 6) + 7 * n * DAY)
zones = st.sampled_from(ZONES)
instants = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2033, 1, 1), timezones=st.just(dt.UTC))


def at(*parts: int, zone: str = "UTC") -> dt.datetime:
    return dt.datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def test_days_of_a_week():
    assert WEEK.draft_day == dt.date(2026, 11, 27)
    assert WEEK.event_days[0] == dt.date(2026, 11, 20)
    assert WEEK.event_days[-1] == dt.date(2026, 11, 26)
    assert len(WEEK.event_days) == 7
    assert WEEK.before.monday == dt.date(2026, 11, 23)
    assert WEEK.after.monday == dt.date(2026, 12, 7)


@pytest.mark.parametrize("ahead", range(1, 7))
def test_only_mondays_name_a_week(ahead):
    with pytest.raises(ValueError, match="no Monday"):
        Week(MONDAY + ahead * DAY)


def test_the_event_week_ends_with_thursday_midnight_of_the_organisation():
    first, after = WEEK.event_instants("America/New_York")
    assert first == at(2026, 11, 20, 0, 0, zone="America/New_York")
    assert after == at(2026, 11, 27, 0, 0, zone="America/New_York")


def test_drafted_on_friday_at_six_of_the_organisation():
    assert WEEK.draft_at("Asia/Kolkata") == at(2026, 11, 27, 0, 30)


def test_the_monday_is_over_when_it_is_over_everywhere():
    assert WEEK.over_at == at(2026, 12, 1, 12, 0)
    last = max(WEEK.local_due(zone) for zone in ZONES)
    assert last < WEEK.over_at


def test_nine_that_the_clocks_skip_is_the_first_instant_after():
    # Apia had no 30 December 2011.
    found = first_instant(dt.date(2011, 12, 30), dt.time(9), "Pacific/Apia")
    assert found == at(2011, 12, 31, 0, 0, zone="Pacific/Apia")
    # London skips from 01:00 to 02:00.
    found = first_instant(dt.date(2026, 3, 29), dt.time(1, 30), "Europe/London")
    assert found == at(2026, 3, 29, 1, 0)


def test_of_two_such_instants_the_earlier_counts():
    found = first_instant(dt.date(2026, 10, 25), dt.time(1, 30), "Europe/London")
    assert found == at(2026, 10, 25, 0, 30)


@given(mondays, zones)
def test_due_at_nine_on_the_wall_and_no_earlier(monday, zone):
    due = Week(monday).local_due(zone)
    local = due.astimezone(ZoneInfo(zone))
    assert (local.date(), local.time()) == (monday, dt.time(9))
    assert week_at(due, zone) == Week(monday)
    assert week_at(due - SECOND, zone) == Week(monday).before


@given(instants, zones)
def test_every_instant_has_one_newest_monday(instant, zone):
    week = week_at(instant, zone)
    assert week.local_due(zone) <= instant < week.after.local_due(zone)


@given(instants, zones)
def test_every_instant_has_one_week_that_was_drafted_last(instant, zone):
    week = week_to_draft(instant, zone)
    assert week.draft_at(zone) <= instant < week.after.draft_at(zone)


@given(instants, zones)
def test_every_event_is_told_in_one_week(instant, zone):
    week = week_of_event(instant, zone)
    around = [week.before, week, week.after]
    telling = [
        one
        for one in around
        if one.event_instants(zone)[0] <= instant < one.event_instants(zone)[1]
    ]
    assert telling == [week]
    # It was over when the week was drafted, and not a week before.
    assert instant < week.draft_at(zone)
    assert instant >= week.before.draft_at(zone) - dt.timedelta(hours=8)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2033, 1, 1)))
def test_every_day_is_told_in_one_week(day):
    week = week_of_event_day(day)
    assert day in week.events
    assert day not in week.before.events
    assert day not in week.after.events
