"""The lists and forms of office hours: for everybody, for the team, for administrators."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake import tasks
from intake.models import Holiday, Series, Session
from tests.factories.accounts import AdministratorFactory
from tests.factories.intake import (
    NOW,
    BookingFactory,
    HolidayFactory,
    OpportunityFactory,
    SeriesFactory,
    SessionFactory,
    SessionNoteFactory,
    SlotFactory,
)
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
HOURS = "/products/shift-planner/hours/"
INTAKE = "/products/shift-planner/intake/"
HOLIDAYS = "/office-hours/holidays/"
OFFERING = {
    "title": "Office hours",
    "host": "",
    "place": "Room 4",
    "link": "",
    "about": "",
    "time_zone": "Europe/London",
    "slots": "3",
    "slot_minutes": "20",
    "capacity": "1",
    "deadline_hours": "2",
}
SERIES = {**OFFERING, "weekdays": ["3"], "starts_at": "2 pm", "every_weeks": "1"}
SERIES |= {"first_day": "2026-11-23", "last_day": ""}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(client, product):
    person = PersonFactory(name="Dana", email="dana@example.org", time_zone="America/New_York")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


@pytest.fixture
def eva(client):
    person = PersonFactory(name="Eva", time_zone="Asia/Tokyo")
    client.force_login(person)
    return person


def open_session(product, slots=1, **changes):
    session = SessionFactory(product=product, **changes)
    for number in range(slots):
        starts = session.starts_at + dt.timedelta(minutes=20 * number)
        SlotFactory(session=session, starts_at=starts)
    return session


def cost(client, url):
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- For everybody -------------------------------------------------------------------------------


def test_an_employee_sees_when_and_books(client, eva, product):
    session = open_session(product, slots=2, place="Room 4")
    page = open_page(client, HOURS)
    assert "Times are in Tokyo time." in page.text
    assert "Thu 26 Nov, 23:00 to Fri 27 Nov, 00:00" in page.text
    assert "2 places of 2 free" in page.text
    assert page.soup.find("a", href=f"{HOURS}{session.pk}/book/")
    for not_theirs in ("Announce a series", "Plan a session", "Past and cancelled"):
        assert not_theirs not in page.text


def test_what_is_full_closed_or_taken_says_so(client, eva, product):
    full = open_session(product)
    BookingFactory(slot=full.slots.get())
    closed = open_session(product, starts_at=NOW + dt.timedelta(hours=1))
    own = open_session(product, starts_at=NOW + dt.timedelta(days=9))
    booking = BookingFactory(slot=own.slots.get(), user=eva)
    cancelled = open_session(product, state="cancelled")
    page = open_page(client, HOURS)
    links = {link["href"] for link in page.soup.find_all("a")}
    assert f"{HOURS}{full.pk}/wait/" in links
    assert f"/bookings/{booking.uid}/" in links
    for session in (full, closed, own, cancelled):
        assert f"{HOURS}{session.pk}/book/" not in links
    assert f"{HOURS}{closed.pk}/wait/" not in links
    assert "booking is closed" in page.text


def test_a_call_is_told_only_to_whoever_comes(client, eva, product):
    open_session(product, link="https://meet.example.org/secret")
    page = open_page(client, HOURS)
    assert "online" in page.text
    assert "meet.example.org" not in str(page.soup)


def test_without_sessions_the_page_says_what_they_are(client, eva, product):
    page = open_page(client, HOURS)
    assert "No office hours planned" in page.text
    assert "a time at which the team listens" in page.text


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_as_much_for_three(client, dana, product, amount):
    for number in range(amount):
        day = dt.timedelta(days=number)
        BookingFactory(slot=open_session(product, starts_at=NOW + 2 * day + day).slots.get())
        past = open_session(product, starts_at=NOW - dt.timedelta(days=3) - day)
        SessionNoteFactory(session=past)
        SeriesFactory(product=product)
    assert cost(client, HOURS) == 8


@pytest.mark.parametrize("amount", [1, 3])
def test_the_overview_costs_as_much_for_three(client, dana, product, amount):
    for _ in range(amount):
        open_session(product)
        OpportunityFactory(product=product)
    assert cost(client, INTAKE) == 5


def test_the_overview_leads_to_asking_and_to_the_next_session(client, eva, product):
    page = open_page(client, INTAKE)
    assert "None planned yet." in page.text
    assert "No opportunities yet." in page.text
    session = open_session(product)
    OpportunityFactory(product=product, decision="now")
    page = open_page(client, INTAKE)
    assert page.soup.find("a", href=f"{HOURS}{session.pk}/book/")
    assert page.soup.find("a", href="/products/shift-planner/ask/")
    assert "Now 1" in page.text
    assert "For the team" not in page.text


def test_the_product_page_says_when_to_come(client, eva, product):
    page = open_page(client, "/products/shift-planner/")
    assert "No office hours with a free place are planned." in page.text
    assert page.soup.find("a", href="/products/shift-planner/ask/", class_="button-primary")
    full = open_session(product)
    BookingFactory(slot=full.slots.get())
    open_session(product, starts_at=NOW + dt.timedelta(days=8))
    page = open_page(client, "/products/shift-planner/")
    assert "Tue 1 Dec, 21:00 to 22:00 in Tokyo time" in page.text
    past = open_page(client, "/products/shift-planner/?as_of=2026-10-01")
    assert "Be heard" not in past.text


# --- For the team --------------------------------------------------------------------------------


def test_a_series_is_announced_with_its_sessions(client, dana, product):
    form = open_page(client, f"{HOURS}series/new/")
    assert form.soup.find("input", {"name": "weekdays"})
    response = client.post(f"{HOURS}series/new/", SERIES)
    assert response.status_code == 302
    series = Series.objects.get()
    assert (series.weekdays, series.starts_at, series.host) == ([3], dt.time(14, 0), None)
    assert Session.objects.count() == 9
    page = open_page(client, HOURS)
    assert "Thursday, 14:00 (London time) from 23 Nov 2026" in page.text
    assert "3 slots of 20 minutes" in page.text


def test_wrong_answers_are_said_in_plain_words(client, dana, product):
    wrong = {"weekdays": [], "starts_at": "25:00", "slots": "99", "last_day": "2026-01-01"}
    response = client.post(f"{HOURS}series/new/", {**SERIES, **wrong})
    assert response.status_code == 422
    words = response.content.decode()
    for said in (
        "Days of the week is missing.",
        "Enter a time of day, like 14:00.",
        "Enter a whole number from 1 to 48.",
        "Enter a day on or after the first one.",
    ):
        assert said in words
    script = {"link": "javascript:alert(1)"}
    assert client.post(f"{HOURS}series/new/", {**SERIES, **script}).status_code == 422
    assert not Series.objects.exists()


def test_a_change_says_what_stayed(client, dana, product):
    client.post(f"{HOURS}series/new/", SERIES)
    series = Series.objects.get()
    BookingFactory(slot=series.sessions.earliest("day").slots.first())
    url = f"{HOURS}series/{series.pk}/edit/"
    changed = {**SERIES, "place": "Room 5", "version": "1"}
    assert client.post(url, changed).status_code == 302
    told = open_page(client, HOURS).text
    assert "8 sessions followed. Booked, and so left as they were: Thu 26 Nov 2026." in told
    late = client.post(url, {**SERIES, "place": "Room 6", "version": "1"})
    assert late.status_code == 409
    assert "Place: saved now “Room 5”, you typed “Room 6”." in late.content.decode()
    assert (
        client.post(f"{HOURS}series/{series.pk}/end/", {"last_day": "2026-12-03"}).status_code
        == 302
    )
    assert Session.objects.count() == 2


def test_a_session_is_planned_and_changed(client, dana, product):
    sent = {**OFFERING, "host": dana.pk, "day": "2026-11-27", "at": "09:00"}
    assert client.post(f"{HOURS}new/", {**sent, "day": "2026-11-20"}).status_code == 422
    assert client.post(f"{HOURS}new/", sent).status_code == 302
    session = Session.objects.get()
    url = f"{HOURS}{session.pk}/edit/"
    shown = open_page(client, url).soup
    assert shown.find("input", {"name": "at"})["value"] == "09:00"
    assert client.post(url, {**sent, "at": "10:30", "version": "1"}).status_code == 302
    session.refresh_from_db()
    assert f"{session.starts_at:%d %H:%M}" == "27 10:30"
    BookingFactory(slot=session.slots.last())
    refused = client.post(url, {**sent, "slots": "1", "version": "2"})
    assert refused.status_code == 422
    assert "Somebody has a place that would no longer exist." in refused.content.decode()


def test_a_host_of_elsewhere_is_not_to_be_chosen(client, dana, product):
    stranger = PersonFactory()
    sent = {**OFFERING, "host": stranger.pk, "day": "2026-11-27", "at": "09:00"}
    assert client.post(f"{HOURS}new/", sent).status_code == 422


def test_readers_may_not_plan(client, eva, product):
    assert client.get(f"{HOURS}new/").status_code == 403
    assert client.post(f"{HOURS}series/new/", SERIES).status_code == 403


def test_the_clock_makes_sessions_once(product):
    SeriesFactory(product=product)
    tasks.make_sessions()
    tasks.make_sessions()
    assert Session.objects.count() == 9


# --- Days off ------------------------------------------------------------------------------------


def test_an_administrator_adds_many_lines(client, product):
    client.force_login(AdministratorFactory())
    sent = {"lines": "2026-12-25 Christmas Day\n\n26/12/2026, Boxing Day\n2026-12-25 Twice"}
    assert client.post(f"{HOLIDAYS}new/", sent).status_code == 302
    assert list(Holiday.objects.values_list("name", flat=True)) == ["Christmas Day", "Boxing Day"]
    wrong = client.post(f"{HOLIDAYS}new/", {"lines": "2026-12-31 Eve\nChristmas"})
    assert wrong.status_code == 422
    assert "Line 2: begin with a day, like 2026-12-25." in wrong.content.decode()
    assert Holiday.objects.count() == 2


def test_a_day_off_goes_and_comes_back(client):
    client.force_login(AdministratorFactory())
    day = HolidayFactory(day="2026-12-25", name="Christmas Day")
    assert client.post(f"{HOLIDAYS}{day.pk}/delete/").status_code == 302
    page = open_page(client, HOLIDAYS)
    assert "Christmas Day is no day off any more." in page.text
    undo = page.soup.select_one(".toast form")["action"]
    assert client.post(undo).status_code == 302
    assert Holiday.objects.get() == day
    assert client.post(f"{HOLIDAYS}{day.pk + 1}/put-back/").status_code == 404


def test_everybody_reads_which_sessions_fall_on_a_day_off(client, eva, product):
    assert "No days off to come" in open_page(client, HOLIDAYS).text
    HolidayFactory(day="2026-11-26", name="Founders’ day")
    open_session(product, title="Ask us")
    open_session(ProductFactory(visibility="team"), title="Hidden")
    page = open_page(client, HOLIDAYS)
    assert "Thu 26 Nov Founders’ day Shift Planner: Ask us" in page.text
    assert "Hidden" not in page.text
    assert "Falls on a day off: Founders’ day" in open_page(client, HOURS).text
    assert client.get(f"{HOLIDAYS}new/").status_code == 403


@pytest.mark.parametrize("amount", [1, 3])
def test_days_off_cost_as_much_for_three(client, eva, product, amount):
    for number in range(amount):
        HolidayFactory(day=dt.date(2026, 11, 26) + dt.timedelta(days=number))
        HolidayFactory(day=dt.date(2026, 10, 26) + dt.timedelta(days=number))
        open_session(product, starts_at=NOW + dt.timedelta(days=3 + number))
    assert cost(client, HOLIDAYS) == 7
