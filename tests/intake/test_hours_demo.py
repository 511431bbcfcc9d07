"""The demo's office hours: something to book and something to close, and gone when it goes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Count

from accounts.models import User
from accounts.services import create_demo_people
from core.history import history_page
from intake.demo import hours
from intake.models import Booking, Holiday, Series, Session
from intake.services.making import make_sessions
from portfolio import demo as company
from portfolio.models import Product
from tests.factories.intake import NOW, HolidayFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    create_demo_people(NOW)
    company.seed(NOW)
    hours.seed(NOW)
    return User.objects.get(email="dana@demo.example")


def test_there_is_something_to_book_and_something_to_close(dana):
    hours.seed(NOW)  # twice is once
    assert Series.objects.count() == 2
    ahead = Session.objects.filter(starts_at__gt=NOW, product__slug="shift-planner")
    assert ahead.count() == 9
    free = ahead.annotate(taken=Count("bookings")).filter(taken__lt=3)
    assert free.count() == 9
    past = Session.objects.filter(starts_at__lt=NOW, product__slug="shift-planner")
    assert list(past.order_by("day").values_list("state", flat=True)) == [
        *("closed", "closed", "open")
    ]
    assert past.get(state="open").notes.count() == 1
    assert Holiday.objects.filter(day="2026-12-25").exists()


def test_it_goes_as_it_came_and_takes_nothing_else(dana):
    own = SessionFactory(), HolidayFactory(day=dt.date(2027, 5, 1))
    make_sessions(now=NOW + dt.timedelta(weeks=3))
    hours.remove()
    assert not Series.objects.exists()
    assert not Booking.objects.exists()
    assert (Session.objects.get(), Holiday.objects.get()) == own


def test_the_history_tells_of_series_and_not_of_each_session_they_make(dana):
    planner = Product.objects.with_viewer(dana).get(slug="shift-planner")
    series = Series.objects.get(product=planner)
    Series.objects.filter(pk=series.pk).update(weekdays=[1, 2])
    session = series.sessions.latest("day")
    Session.objects.filter(pk=session.pk).update(place="Room 5")
    told = [
        (entry.what, entry.subject, [(c.field, c.before, c.after) for c in entry.changes])
        for entry in history_page(planner, dana).entries
        if "series" in entry.subject or "Office hours" in entry.subject
    ]
    assert (
        "changed",
        "the series “Office hours”",
        [("days of the week", "Thursday", "Tuesday, Wednesday")],
    ) in told
    moved = [one for one in told if one[2] and one[2][0][0] == "place" and one[0] == "changed"]
    assert [one[2][0][2] for one in moved] == ["Room 5"]
    added = [one for one in told if one[0] == "added"]
    assert len(added) == 1 + hours.WEEKS_BACK
