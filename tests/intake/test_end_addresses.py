"""Ending the private addresses of a request's guests: what was mailed opens nothing any more."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.models import OutboundMail
from intake.models import Request
from intake.selectors.following import follow_address
from intake.selectors.guest_bookings import booking_of, booking_token
from intake.services.bookings import book_slot
from intake.services.following import end_addresses
from intake.services.steps import record_step
from intake.services.visitors import Visitor
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, RequestFactory, SlotFactory, VoiceFactory
from tests.factories.portfolio import MembershipFactory
from tests.htmx import open_page, send_form
from tests.intake.test_news import text_of

pytestmark = pytest.mark.django_db
GUEST = Visitor(user=None, name="Gus", email="gus@example.net")
LATER = NOW + dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def wish():
    return RequestFactory(reference="SP-31", product__slug="shift-planner")


@pytest.fixture
def voice(wish):
    return VoiceFactory(request=wish, **GUEST.fields)


@pytest.fixture
def ana(client, wish):
    person = UserFactory(name="Ana")
    MembershipFactory(user=person, product=wish.product, role="contributor")
    client.force_login(person)
    return person


def address_of(voice):
    voice.request.refresh_from_db()
    return follow_address(voice)


def test_the_old_address_opens_nothing_and_the_new_one_does(client, wish, voice):
    other = VoiceFactory(**GUEST.fields)
    old, others = address_of(voice), address_of(other)
    assert client.get(old).status_code == 200
    end_addresses(request=wish, by=UserFactory(), now=NOW)
    assert client.get(old).status_code == 404
    assert client.get(address_of(voice)).status_code == 200
    assert client.get(others).status_code == 200


def test_so_it_is_with_their_place_in_office_hours(client, wish):
    slot = SlotFactory(session__product=wish.product)
    booking = book_slot(slot=slot, visitor=GUEST, by=None, now=NOW, request=wish)
    old = booking_token(booking)
    end_addresses(request=wish, by=UserFactory(), now=NOW)
    assert client.get(reverse("intake:guest_booking_detail", args=[old])).status_code == 404
    booking.request = Request.objects.get(pk=wish.pk)
    assert booking_of(booking_token(booking)) == booking


def test_a_mail_that_waits_gets_the_new_address_and_one_that_went_stays(wish, voice):
    record_step(request=wish, kind="answered", by=UserFactory(), now=NOW, text="Press F2.")
    old = address_of(voice)
    end_addresses(request=wish, by=UserFactory(), now=LATER)
    waiting = OutboundMail.objects.get()
    told = text_of(waiting)
    assert "Press F2." in told
    assert (old in told, address_of(voice) in told) == (False, True)
    OutboundMail.objects.update(state="sent", attempts=1)
    sent = bytes(OutboundMail.objects.get().raw)
    end_addresses(request=wish, by=UserFactory(), now=LATER)
    assert bytes(OutboundMail.objects.get().raw) == sent


def test_the_button_says_what_it_does_and_works_with_and_without_scripts(client, ana, wish, voice):
    old = address_of(voice)
    here = "/products/shift-planner/inbox/?on=SP-31"
    page = open_page(client, here)
    assert "new ones go out with the next news" in page.text
    form = page.soup.select_one("form[action*='end-addresses']")
    page = send_form(client, page, "form[action*='end-addresses']")
    assert client.get(old).status_code == 404
    assert "have stopped working" in page.text
    assert page.part("#inbox") == open_page(client, here).part("#inbox")
    plain = client.post(form["action"], follow=True)
    assert "have stopped working" in plain.content.decode()
    assert Request.objects.get().follow_epoch == 2


def test_nothing_of_it_where_no_guest_stands_behind_it(client, ana, wish):
    VoiceFactory(request=wish)
    kept = RequestFactory(product=wish.product, reference="SP-32")
    gone = RequestFactory(product=wish.product, reference="SP-33", duplicate_of=kept,
                          status="closed", outcome="duplicate")  # fmt: skip
    VoiceFactory(request=gone, **GUEST.fields)
    for reference in ("SP-31", "SP-32"):
        page = open_page(client, f"/products/shift-planner/inbox/?on={reference}")
        assert "end-addresses" not in str(page.soup)
    assert client.get(reverse("intake:request_end_addresses", args=["shift-planner", "SP-31"])) \
        .status_code == 405  # fmt: skip
