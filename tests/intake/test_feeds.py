"""Office hours as feeds: what they say, to whom, and when they have nothing new."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from accounts.feeds import purposes
from accounts.selectors.feeds import feed_token
from accounts.services.feeds import make_feed_key
from intake.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    THURSDAY,
    BookingFactory,
    RequestFactory,
    SessionFactory,
    SlotFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session():
    product = ProductFactory(name="Shift Planner", slug="shift-planner", visibility="team")
    host = UserFactory()
    MembershipFactory(user=host, product=product, role="manager")
    session = SessionFactory(
        product=product,
        host=host,
        place="Room 4",
        link="https://call.example.org/secret",
        time_zone="Asia/Kathmandu",
    )
    slot = SlotFactory(session=session)
    wish = RequestFactory(product=product, reference="SP-1042")
    BookingFactory(slot=slot, user=UserFactory(name="Eve Okoye"), request=wish)
    BookingFactory(slot=slot, seat=2, user=UserFactory(name="Gone"), state="cancelled")
    return session


def address(session, user, purpose):
    product_id = session.product_id if purpose == "hours" else None
    key = make_feed_key(purpose=purposes[purpose], by=user, now=NOW, product_id=product_id)
    return reverse(f"intake:{purpose}_feed", args=[feed_token(key)])


def events(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_products_feed_names_no_visitor_and_no_call(client, session):
    reader = UserFactory()
    MembershipFactory(user=reader, product=session.product)
    answer = client.get(address(session, reader, "hours"))
    (event,) = events(answer)
    assert (event["summary"], event["location"]) == ("Shift Planner: Office hours", "Room 4")
    assert event["uid"] == f"{session.uid}@homegrown"
    assert event.decoded("dtstart") == THURSDAY
    for secret in (b"Okoye", b"SP-1042", b"call.example.org", b"ATTENDEE", b"Gone"):
        assert secret not in answer.content


def test_a_hosts_feed_says_who_comes_with_what_in_the_sessions_zone(client, session):
    (event,) = events(client.get(address(session, session.host, "host")))
    assert event["description"].split("\n")[0] == "19:45: Eve Okoye (SP-1042)"
    assert "Gone" not in event["description"]
    assert session.get_absolute_url() in event["url"]


def test_feeds_are_read_with_the_rights_that_their_owner_has_today(client, session):
    hours = address(session, session.host, "hours")
    host = address(session, session.host, "host")
    assert len(events(client.get(hours))) == len(events(client.get(host))) == 1
    session.product.memberships.all().delete()
    assert client.get(hours).status_code == 404
    assert events(client.get(host)) == []


def test_a_cancelled_session_says_so_and_an_old_one_is_left_out(client, session):
    url = address(session, session.host, "hours")
    SessionFactory(product=session.product, starts_at=NOW - dt.timedelta(days=29))
    Session.objects.filter(pk=session.pk).update(state="cancelled", sequence=2)
    (event,) = events(client.get(url))
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)


def test_the_same_sessions_are_sent_once(client, session):
    url = address(session, session.host, "host")
    first = client.get(url)
    with time_machine.travel(NOW + dt.timedelta(minutes=5), tick=False):
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Session.objects.update(place="Room 5")
    changed = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.parametrize("amount", [1, 3])
def test_a_feed_costs_the_same_for_one_session_and_three(
    client, session, django_assert_num_queries, amount
):
    for number in range(1, amount):
        SessionFactory(
            product=session.product,
            host=session.host,
            starts_at=THURSDAY + dt.timedelta(days=number),
        )
    hours, host = (address(session, session.host, name) for name in ("hours", "host"))
    # The key with its owner, the product, its sessions.
    with django_assert_num_queries(3):
        client.get(hours)
    # The key with its owner, sessions, who comes.
    with django_assert_num_queries(3):
        client.get(host)
