"""A guest's place in office hours: the private address is the right, as long as the request's."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest
import time_machine
from django.urls import reverse

from core.models import OutboundMail
from intake.models import Request
from intake.presenters.addresses import booking_address
from intake.selectors.guest_bookings import booking_of, booking_token
from intake.services.bookings import book_slot
from intake.services.visitors import Visitor
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, THURSDAY, BookingFactory, RequestFactory, SlotFactory

pytestmark = pytest.mark.django_db
NAMES = ("detail", "ics", "move", "cancel", "again")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking():
    """Of somebody without an account, about a request of theirs."""
    slot = SlotFactory(session__product__visibility="team")
    SlotFactory(session=slot.session, starts_at=THURSDAY + dt.timedelta(minutes=20))
    return book_slot(
        slot=slot,
        visitor=Visitor(user=None, name="Guest", email="guest@example.org"),
        by=None,
        now=NOW,
        request=RequestFactory(product=slot.session.product),
        time_zone="Australia/Lord_Howe",
    )


def address(booking, name="detail"):
    return reverse(f"intake:guest_booking_{name}", args=[booking_token(booking)])


def test_the_mail_leads_to_a_private_page_in_their_zone(client, booking):
    raw = bytes(OutboundMail.objects.get().raw).replace(b"=\r\n", b"")
    assert booking_address(booking).encode() in raw
    answer = client.get(address(booking))
    page = answer.content.decode()
    assert "Fri 27 Nov, 01:00 to 01:20" in page
    assert booking.request.reference in page
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    # Nothing that asks to sign in.
    assert f'href="{booking.request.get_absolute_url()}' not in page
    assert f'href="{reverse("intake:my_bookings")}"' not in page
    assert 'href="/products/' not in page


def test_a_guest_moves_cancels_and_comes_back(client, booking):
    target = booking.session.slots.exclude(pk=booking.slot_id).get()
    assert client.get(address(booking, "ics")).status_code == 200
    assert client.get(address(booking, "move")).status_code == 200
    moved = client.post(address(booking, "move"), {"slot": target.pk, "version": 1})
    assert moved.headers["Location"] == address(booking)
    assert client.get(address(booking, "cancel")).status_code == 200
    page = client.post(address(booking, "cancel"), {"version": 2}, follow=True)
    assert address(booking, "again") in page.content.decode()
    booking.refresh_from_db()
    assert (booking.slot, booking.state) == (target, "cancelled")
    client.post(address(booking, "again"))
    booking.refresh_from_db()
    assert (booking.state, booking.sequence) == ("booked", 3)


def test_the_address_ends_with_those_of_the_request(client, booking):
    urls = [address(booking, name) for name in NAMES]
    Request.objects.update(follow_epoch=1)
    for url in urls:
        assert client.get(url).status_code in (404, 405)
        assert client.post(url).status_code in (404, 405)
    assert client.get(urls[0]).status_code == 404
    assert booking_of(booking_token(booking)) is None
    booking.request.refresh_from_db()
    assert booking_of(booking_token(booking)) == booking


def test_one_thousand_guesses_open_nothing(booking):
    real = booking_token(booking)
    guesses = [secrets.token_hex(36) for _ in range(500)]
    guesses += [f"{booking.uid.hex}{secrets.token_hex(20)}" for _ in range(500)]
    wrong = (*guesses, real[:-1], f"{real}0", real.upper(), "é" * 72, "")
    assert [token for token in wrong if booking_of(token) is not None] == []
    assert booking_of(real) == booking


def test_whoever_has_an_account_or_was_erased_does_not_come_in_this_way(booking):
    own = BookingFactory(slot=SlotFactory(), user=UserFactory())
    assert booking_of(booking_token(own)) is None
    booking.email = "somebody@invalid"
    booking.save()
    assert booking_of(booking_token(booking)) is None
