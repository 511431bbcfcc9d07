"""Days of a series and their instants, in six zones, over every kind of clock change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.slots import (
    Pattern,
    days_of,
    falls_on,
    instant,
    order_of_moves,
    slots_of,
)

ZONES = [
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"),
    *("America/Santiago", "Africa/Casablanca"),
]
zones = st.sampled_from(ZONES)
days = st.dates(dt.date(2015, 1, 1), dt.date(2036, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
patterns = st.builds(
    Pattern,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    every_weeks=st.integers(1, 12),
    first_day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)),
    last_day=st.none() | st.dates(dt.date(2026, 3, 1), dt.date(2026, 12, 31)),
)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]  # year to minute, then the zone


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/London", (2026, 1, 15), (14, 0), utc(2026, 1, 15, 14, 0)),
        ("Europe/London", (2026, 7, 16), (14, 0), utc(2026, 7, 16, 13, 0)),
        # 01:00 to 02:00 does not exist: the first instant after it, whichever minute is asked.
        ("Europe/London", (2026, 3, 29), (1, 0), utc(2026, 3, 29, 1, 0)),
        ("Europe/London", (2026, 3, 29), (1, 59), utc(2026, 3, 29, 1, 0)),
        # 01:30 comes twice: the earlier one, still in summer time.
        ("Europe/London", (2026, 10, 25), (1, 30), utc(2026, 10, 25, 0, 30)),
        # Lord Howe moves by half an hour only: 02:00 to 02:30 is missing …
        ("Australia/Lord_Howe", (2026, 10, 4), (2, 15), utc(2026, 10, 3, 15, 30)),
        ("Australia/Lord_Howe", (2026, 10, 4), (2, 30), utc(2026, 10, 3, 15, 30)),
        # … and 01:30 to 02:00 comes twice.
        ("Australia/Lord_Howe", (2026, 4, 5), (1, 45), utc(2026, 4, 4, 14, 45)),
        ("Australia/Lord_Howe", (2026, 4, 5), (2, 0), utc(2026, 4, 4, 15, 30)),
        # A whole day that never was.
        ("Pacific/Apia", (2011, 12, 30), (9, 0), utc(2011, 12, 30, 10, 0)),
        # Midnight itself is missing.
        ("America/Santiago", (2026, 9, 6), (0, 0), utc(2026, 9, 6, 4, 0)),
    ],
)
def test_wall_time_becomes_an_instant(zone, day, at, expected):
    assert instant(dt.date(*day), dt.time(*at), zone) == expected


@given(zones, days, times)
def test_an_instant_shows_its_wall_time_or_the_first_after_it(zone, day, at):
    wall = dt.datetime.combine(day, at)
    found = instant(day, at, zone)
    assert found.tzinfo is dt.UTC
    shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    just_before = (found - dt.timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    if shown == wall:  # and nothing earlier shows the same
        earlier = (found - dt.timedelta(hours=2), found - dt.timedelta(minutes=30))
        walls = {one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in earlier}
        hour = (found - dt.timedelta(hours=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert wall not in {*walls, hour}
    else:
        assert just_before.replace(tzinfo=None) < wall < shown


@given(zones, days, times, times)
def test_later_on_the_wall_is_never_earlier(zone, day, at, other):
    first, second = sorted((at, other))
    assert instant(day, first, zone) <= instant(day, second, zone)


@given(patterns, st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))))
def test_days_keep_to_the_pattern(pattern, holidays):
    start, end = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
    found = days_of(pattern, start=start, end=end, holidays=holidays)
    assert found == sorted(set(found))
    assert not holidays & set(found)
    first_week = pattern.first_day.isocalendar()
    monday = dt.date.fromisocalendar(first_week.year, first_week.week, 1)
    for day in (start + dt.timedelta(days=n) for n in range((end - start).days)):
        expected = (
            day >= pattern.first_day
            and (pattern.last_day is None or day <= pattern.last_day)
            and day.weekday() in pattern.weekdays
            and ((day - monday).days // 7) % pattern.every_weeks == 0
            and day not in holidays
        )
        assert (day in found) == expected


@given(patterns, st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
def test_a_span_may_be_asked_in_pieces(pattern, middle):
    start, end = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
    pieces = days_of(pattern, start=start, end=middle) + days_of(pattern, start=middle, end=end)
    assert pieces == days_of(pattern, start=start, end=end)


def test_every_second_week_counts_from_the_week_of_the_first_day():
    # A Friday: its Monday before is in the first week, but before the first day.
    pattern = Pattern(frozenset({0, 4}), 2, dt.date(2026, 1, 9))
    found = days_of(pattern, start=dt.date(2026, 1, 1), end=dt.date(2026, 2, 1))
    assert [day.day for day in found] == [9, 19, 23]
    assert not falls_on(pattern, dt.date(2026, 1, 5))


@given(zones, days, times, st.integers(1, 48), st.integers(5, 240))
def test_slots_follow_each_other_without_a_gap(zone, day, at, amount, minutes):
    start = instant(day, at, zone)
    found = slots_of(start, slots=amount, minutes=minutes)
    assert len(found) == amount
    assert found[0].start == start
    assert {slot.end - slot.start for slot in found} == {dt.timedelta(minutes=minutes)}
    assert [slot.end for slot in found[:-1]] == [slot.start for slot in found[1:]]


@given(
    st.lists(st.integers(0, 200), unique=True, max_size=12),
    st.lists(st.integers(0, 200), unique=True, max_size=12),
)
def test_slots_that_move_in_order_never_meet(old, new):
    at = [utc(2026, 1, 1) + dt.timedelta(minutes=n) for n in range(201)]
    pairs = list(zip(sorted(old), sorted(new), strict=False))
    moves = [(at[a], at[b]) for a, b in pairs]
    standing = [old for old, _ in moves]
    for n in order_of_moves(moves):
        standing[n] = moves[n][1]
        assert len(set(standing)) == len(standing)
    assert standing == [new for _, new in moves]
