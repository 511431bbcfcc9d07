"""Series and the sessions they make: once, ahead, without holidays, and what a change leaves."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from core.versions import Conflict
from intake.models import Booking, Holiday, Series, Session, Slot
from intake.services.holidays import add_holidays, delete_holiday, put_back_holiday
from intake.services.making import ahead, make_sessions
from intake.services.series import change_series, create_series, end_series
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, BookingFactory
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db
THURSDAYS = [dt.date(2026, 11, 26) + dt.timedelta(weeks=n) for n in range(9)]


def fields(**changes):
    return {
        "title": "Office hours",
        "place": "Room 4",
        "link": "",
        "about": "",
        "host": None,
        "time_zone": "Europe/London",
        "slot_minutes": 20,
        "capacity": 1,
        "deadline_hours": 2,
        "weekdays": [3],
        "starts_at": dt.time(14, 0),
        "slots": 3,
        "every_weeks": 1,
        "first_day": dt.date(2026, 11, 23),
        "last_day": None,
    } | changes


@pytest.fixture
def dana():
    return UserFactory(name="Dana")


@pytest.fixture
def product():
    return ProductFactory()


@pytest.fixture
def series(product, dana):
    return create_series(product=product, fields=fields(), by=dana, now=NOW)


def days_of(series):
    return list(series.sessions.order_by("day").values_list("day", flat=True))


def starts(session):
    return [f"{slot.starts_at:%H:%M}" for slot in session.slots.all()]


def test_a_series_makes_its_sessions_eight_weeks_ahead(series):
    assert ahead(NOW.date()) == dt.date(2027, 1, 24)
    assert days_of(series) == THURSDAYS
    first = series.sessions.earliest("day")
    assert starts(first) == ["14:00", "14:20", "14:40"]
    assert first.ends_at - first.starts_at == dt.timedelta(hours=1)
    assert first.starts_at - first.closes_at == dt.timedelta(hours=2)
    assert (first.product, first.place, first.capacity) == (series.product, "Room 4", 1)


def test_wall_time_stays_over_a_clock_change(product, dana):
    made = create_series(
        product=product, fields=fields(time_zone="America/New_York"), by=dana, now=NOW
    )
    make_sessions(now=NOW, until=dt.date(2027, 4, 1))
    march = made.sessions.filter(day__in=["2027-03-11", "2027-03-18"]).order_by("day")
    assert [f"{session.starts_at:%H:%M}" for session in march] == ["19:00", "18:00"]


def test_the_same_form_makes_one(product, dana):
    token = "b1b0c1f0-0000-4000-8000-000000000001"
    made = [
        create_series(product=product, fields=fields(), by=dana, now=NOW, token=token)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Session.objects.count() == len(THURSDAYS)


def test_making_twice_makes_once(series):
    assert make_sessions(now=NOW) == 0
    Series.objects.update(made_until=None)  # as if nobody had looked
    assert make_sessions(now=NOW) == 0
    assert make_sessions(now=NOW + dt.timedelta(weeks=2)) == 2
    assert Session.objects.count() == len(THURSDAYS) + 2
    assert Slot.objects.count() == 3 * Session.objects.count()


@pytest.mark.django_db(transaction=True)
def test_making_twice_at_once_makes_once(product, dana):
    create_series(product=product, fields=fields(), by=dana, now=NOW)
    Session.objects.all().delete()
    Series.objects.update(made_until=None)
    gate, made = threading.Barrier(4), []

    def make():
        try:
            gate.wait(10)
            made.append(make_sessions(now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [0, 0, 0, len(THURSDAYS)]
    assert Session.objects.count() == len(THURSDAYS)


def test_no_session_on_a_holiday_and_none_twice(product, dana):
    add_holidays(days={THURSDAYS[1]: "Feast"}, by=dana, now=NOW)
    made = create_series(product=product, fields=fields(), by=dana, now=NOW)
    assert THURSDAYS[1] not in days_of(made)
    delete_holiday(holiday=Holiday.objects.get(), by=dana, now=NOW)
    assert make_sessions(now=NOW) == 1
    assert days_of(made) == THURSDAYS


def test_a_later_holiday_cancels_nothing(series, dana):
    add_holidays(days={THURSDAYS[0]: "Feast"}, by=dana, now=NOW)
    make_sessions(now=NOW)
    assert set(series.sessions.values_list("state", flat=True)) == {"open"}


def test_holidays_are_added_once_and_put_back(dana):
    days = {dt.date(2026, 12, 25): "Christmas", dt.date(2027, 1, 1): "New Year"}
    assert add_holidays(days=days, by=dana, now=NOW) == 2
    assert add_holidays(days={**days, dt.date(2026, 12, 26): "Boxing"}, by=dana, now=NOW) == 1
    christmas = Holiday.objects.get(day="2026-12-25")
    key = christmas.pk
    delete_holiday(holiday=christmas, by=dana, now=NOW)
    assert Holiday.objects.count() == 2
    for _ in range(2):
        assert put_back_holiday(holiday_id=key, by=dana, now=NOW).name == "Christmas"
    assert Holiday.objects.get(day="2026-12-25").pk == key
    delete_holiday(holiday=Holiday.objects.get(pk=key), by=dana, now=NOW)
    Holiday.objects.create(day="2026-12-25", name="Another")
    assert put_back_holiday(holiday_id=key, by=dana, now=NOW) is None


def test_a_change_goes_to_what_nobody_booked(series, dana):
    sessions = list(series.sessions.order_by("day"))
    booked = BookingFactory(slot=sessions[1].slots.first())
    change = change_series(
        series_id=series.pk,
        version=1,
        fields=fields(starts_at=dt.time(9, 0), slots=2, capacity=2),
        by=dana,
        now=NOW,
    )
    assert [session.pk for session in change.kept] == [sessions[1].pk]
    assert (change.followed, change.gone) == (len(THURSDAYS) - 1, 0)
    assert starts(sessions[0]) == ["09:00", "09:20"]
    assert starts(sessions[1]) == ["14:00", "14:20", "14:40"]
    for session in sessions:
        session.refresh_from_db()
    assert [session.capacity for session in sessions[:2]] == [2, 1]
    assert [session.sequence for session in sessions[:2]] == [1, 0]
    booked.refresh_from_db()
    assert booked.state == "booked"


def test_another_weekday_takes_the_old_days_away(series, dana):
    sessions = list(series.sessions.order_by("day"))
    gone = BookingFactory(slot=sessions[2].slots.first(), state="cancelled")
    change = change_series(
        series_id=series.pk, version=1, fields=fields(weekdays=[0]), by=dana, now=NOW
    )
    assert change.gone == len(THURSDAYS)
    left = series.sessions.filter(day__in=THURSDAYS)
    assert [(one.pk, one.state) for one in left] == [(sessions[2].pk, "cancelled")]
    assert Booking.objects.get(pk=gone.pk).session_id == sessions[2].pk
    assert {day.weekday() for day in days_of(series) if day not in THURSDAYS} == {0}


def test_the_same_change_twice_is_one_and_an_old_version_is_refused(series, dana):
    changed = fields(title="Ask us")
    for _ in range(2):
        change_series(series_id=series.pk, version=1, fields=changed, by=dana, now=NOW)
    series.refresh_from_db()
    assert series.version == 2
    with pytest.raises(Conflict):
        change_series(series_id=series.pk, version=1, fields=fields(), by=dana, now=NOW)


def test_an_ended_series_makes_no_more(series, dana):
    booked = BookingFactory(slot=series.sessions.latest("day").slots.first())
    change = end_series(series_id=series.pk, last_day=THURSDAYS[2], by=dana, now=NOW)
    assert days_of(series) == [*THURSDAYS[:3], booked.session.day]
    assert [session.pk for session in change.kept] == [booked.session_id]
    assert make_sessions(now=NOW + dt.timedelta(weeks=30)) == 0


def test_past_sessions_stay_as_they_were(series, dana):
    later = NOW + dt.timedelta(weeks=1)
    change_series(
        series_id=series.pk, version=1, fields=fields(starts_at=dt.time(9)), by=dana, now=later
    )
    assert starts(series.sessions.earliest("day")) == ["14:00", "14:20", "14:40"]
