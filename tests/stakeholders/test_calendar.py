"""The next conversation as a file: what it says, and what it must never say."""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, uuid5

import pytest
import time_machine
from icalendar import Calendar

from stakeholders.presenters.calendar import meeting_file
from stakeholders.selectors.due import debts_of
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.factories.stakeholders import PersonFactory as StakeholderFactory

pytestmark = pytest.mark.django_db
CANARY = "canary"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def placement(client):
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    person = PersonFactory()
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    okoye = StakeholderFactory(name="Dana Okoye, CFO; Ops")
    return PlacementFactory(product=product, person=okoye, since=TODAY - dt.timedelta(days=20))


def fetch(client, placement):
    response = client.get(f"{placement.get_absolute_url()}meeting.ics")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="conversation.ics"'
    assert response.headers["Cache-Control"] == "private, no-store"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    return event, response.content


def test_it_reads_back_as_an_event_on_the_day_it_is_due(client, placement):
    event, content = fetch(client, placement)
    assert event["summary"] == "Shift Planner: conversation with Dana Okoye, CFO; Ops"
    assert event.decoded("dtstart") == dt.date(2026, 11, 29)
    assert event.decoded("dtend") == dt.date(2026, 11, 30)
    assert event.decoded("dtstamp") == NOW
    assert sorted(event) == ["DTEND", "DTSTAMP", "DTSTART", "SUMMARY", "TRANSP", "UID"]
    assert content.endswith(b"END:VCALENDAR\r\n")


def test_an_overdue_one_is_today_and_a_snooze_moves_it(client, placement):
    placement.since = TODAY - dt.timedelta(days=41)
    placement.save()
    assert fetch(client, placement)[0].decoded("dtstart") == TODAY
    until = TODAY + dt.timedelta(days=30)
    SnoozeFactory(
        product=placement.product, person=placement.person, from_day=TODAY, until_day=until
    )
    assert fetch(client, placement)[0].decoded("dtstart") == TODAY
    placement.since = TODAY - dt.timedelta(days=20)
    placement.save()
    assert fetch(client, placement)[0].decoded("dtstart") == until + dt.timedelta(days=8)


def test_the_event_of_a_place_is_one_whatever_the_day_of_the_contact_before(client, placement):
    first = fetch(client, placement)[0]["uid"]
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        assert fetch(client, placement)[0]["uid"] == first
    TouchpointFactory(product=placement.product, person=placement.person, day=TODAY)
    assert fetch(client, placement)[0]["uid"] == first


def test_nobody_can_try_out_what_the_uid_was_made_of(client, placement, settings):
    uid = fetch(client, placement)[0]["uid"]
    days = [TODAY - dt.timedelta(days=number) for number in range(60)]
    guesses = [f"homegrown:{placement.pk}", *(f"homegrown:{placement.pk}:{day}" for day in days)]
    assert uid not in [f"{uuid5(NAMESPACE_URL, guess)}@homegrown" for guess in guesses]
    # Everything else being the same, it hangs on the secret.
    settings.SECRET_KEY = "another"
    file = meeting_file(placement, debts_of([placement], TODAY)[placement.pk], NOW, TODAY)
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event["uid"] != uid


def test_no_two_people_share_an_event(client, placement):
    other = PlacementFactory(
        product=placement.product, person=StakeholderFactory(), since=placement.since
    )
    assert fetch(client, placement)[0]["uid"] != fetch(client, other)[0]["uid"]


def test_it_says_nothing_that_the_person_must_not_read(client, placement):
    placement.note = placement.pin_reason = placement.plan_reason = CANARY
    placement.contact, placement.plan, placement.every = "meeting", "newsletter", 27
    placement.save()
    TouchpointFactory(
        product=placement.product,
        person=placement.person,
        kind="meeting",
        day=TODAY,
        note=CANARY,
        mood=-2,
        outcome="escalation",
    )
    _, content = fetch(client, placement)
    text = content.decode().casefold()
    words = (CANARY, "lion", "elephant", "satisfied", "briefing", "meeting", "newsletter", "power")
    assert [word for word in words if word in text] == []


def test_the_place_changes_no_byte_while_the_plan_stays(client, placement):
    placement.contact, placement.plan, placement.every = "meeting", "newsletter", 14
    placement.save()
    _, before = fetch(client, placement)
    placement.involvement, placement.power = 90, 10
    placement.save()
    assert fetch(client, placement)[1] == before


def test_a_name_can_not_write_lines_of_its_own(client, placement):
    placement.person.name = "Eve\r\nATTENDEE:mailto:x@example.com\r\n" + "é" * 80
    placement.person.save()
    event, content = fetch(client, placement)
    assert "ATTENDEE" not in event
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_where_no_contact_is_owed_there_is_no_file(client, placement):
    placement.contact = "none"
    placement.save()
    assert client.get(f"{placement.get_absolute_url()}meeting.ics").status_code == 404
