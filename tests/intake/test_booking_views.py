"""The pages of a visitor: choosing a time in one's own zone, moving, cancelling, waiting."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from intake.models import Booking, Session, WaitingPlace
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    THURSDAY,
    BookingFactory,
    RequestFactory,
    SessionFactory,
    SlotFactory,
    VoiceFactory,
    WaitingPlaceFactory,
)

pytestmark = pytest.mark.django_db
SLOT = dt.timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def eve(client):
    user = UserFactory(name="Eve", time_zone="Australia/Lord_Howe")
    client.force_login(user)
    return user


@pytest.fixture
def session():
    session = SessionFactory(product__name="Shift Planner", about="Bring last week’s roster.")
    for number in range(2):
        SlotFactory(session=session, starts_at=THURSDAY + SLOT * number)
    return session


def address(name, *args):
    return reverse(f"intake:{name}", args=args)


def book_url(session):
    return address("booking_create", session.product.slug, session.pk)


def wait_url(session):
    return address("waiting_create", session.product.slug, session.pk)


def first_slot(session):
    return session.slots.order_by("starts_at")[0]


def post(client, session, slot, **more):
    return client.post(book_url(session), {"slot": slot.pk, "token": uuid4(), **more})


def full(session):
    for slot in session.slots.all():
        BookingFactory(slot=slot)


def test_times_are_in_the_readers_zone(client, eve, session):
    page = client.get(book_url(session)).content.decode()
    # 14:00 UTC is 01:00 of the next day there, in summer.
    assert "Fri 27 Nov, 01:00" in page
    assert "Fri 27 Nov, 01:20" in page
    assert "Lord Howe time" in page
    assert "Bring last week’s roster." in page


def test_a_form_sent_twice_books_once(client, eve, session):
    sent = {"slot": first_slot(session).pk, "token": uuid4()}
    answers = [client.post(book_url(session), sent) for _ in range(2)]
    booking = Booking.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [booking.get_absolute_url()] * 2
    assert (booking.user, booking.name, booking.slot) == (eve, "Eve", first_slot(session))


def test_a_request_of_ones_own_comes_along_and_no_other(client, eve, session):
    own = RequestFactory(product=session.product)
    VoiceFactory(request=own, user=eve)
    page = client.get(f"{book_url(session)}?request={own.reference}").content.decode()
    assert f'value="{own.reference}"' in page
    post(client, session, first_slot(session), request=own.reference)
    assert Booking.objects.get().request == own
    Booking.objects.all().delete()
    for reference in (RequestFactory(product=session.product).reference, "XX-1"):
        post(client, session, first_slot(session), request=reference)
        assert Booking.objects.get().request is None
        Booking.objects.all().delete()


def test_a_time_that_is_taken_meanwhile_is_said_plainly_and_others_are_shown(client, eve, session):
    slot = first_slot(session)
    BookingFactory(slot=slot)
    answer = post(client, session, slot)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else was faster" in page
    assert "01:20" in page
    assert f'value="{slot.pk}"' not in page


def test_nothing_chosen_is_refused(client, eve, session):
    answer = client.post(book_url(session), {})
    assert answer.status_code == 422
    assert "Choose a time." in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "cancelled"}, "are cancelled"),
        ({"closes_at": NOW}, "has closed"),
        ({"starts_at": NOW, "closes_at": NOW}, "have begun"),
    ],
)
def test_a_session_that_takes_nobody_says_why_and_when_to_come(
    client, eve, session, changes, words
):
    other = SlotFactory(
        session=SessionFactory(product=session.product, starts_at=THURSDAY + SLOT * 6)
    )
    Session.objects.filter(pk=session.pk).update(**changes)
    for answer in (client.get(book_url(session)), post(client, session, first_slot(session))):
        page = answer.content.decode()
        assert words in page
        assert book_url(other.session) in page
    assert not Booking.objects.exists()


def test_whoever_has_a_place_is_led_to_it(client, eve, session):
    own = BookingFactory(slot=first_slot(session), user=eve)
    answer = post(client, session, session.slots.order_by("starts_at")[1])
    assert answer.headers["Location"] == own.get_absolute_url()
    assert Booking.objects.count() == 1


def test_a_full_session_lets_one_wait_and_leave(client, eve, session):
    full(session)
    assert wait_url(session) in client.get(book_url(session)).content.decode()
    assert client.get(wait_url(session)).status_code == 200
    for _ in range(2):
        assert client.post(wait_url(session)).headers["Location"] == address("my_bookings")
    place = WaitingPlace.objects.get()
    leave = address("waiting_leave", place.uid)
    assert leave in client.get(address("my_bookings")).content.decode()
    assert client.get(leave).status_code == 200
    client.post(leave)
    place.refresh_from_db()
    assert place.state == "left"


def test_nobody_waits_where_there_is_room(client, eve, session):
    assert client.post(wait_url(session)).headers["Location"] == book_url(session)
    Session.objects.update(closes_at=NOW)
    assert client.get(wait_url(session)).headers["Location"] == book_url(session)
    assert not WaitingPlace.objects.exists()


def test_an_offer_is_taken_or_let_go(client, eve, session):
    slot = first_slot(session)
    for act, state in (("offer_take", "booked"), ("booking_cancel", "cancelled")):
        offer = BookingFactory(
            slot=slot, user=eve, state="offered", held_until=NOW + dt.timedelta(hours=3)
        )
        WaitingPlaceFactory(session=session, user=eve, state="offered", booking=offer)
        page = client.get(offer.get_absolute_url()).content.decode()
        assert "A place is free until Tue 24 Nov, 02:00." in page
        assert address("offer_take", offer.uid) in page
        assert client.get(address("booking_ics", offer.uid)).status_code == 404
        assert client.post(address(act, offer.uid), {"version": 1}).status_code == 302
        offer.refresh_from_db()
        assert offer.state == state
        Booking.objects.all().delete()


def test_the_page_says_where_with_whom_and_what_to_bring(client, eve, session):
    wish = RequestFactory(product=session.product, reference="SP-1042")
    VoiceFactory(request=wish, user=eve)
    booking = BookingFactory(slot=first_slot(session), user=eve, request=wish)
    page = client.get(booking.get_absolute_url()).content.decode()
    for words in ("Fri 27 Nov, 01:00 to 01:20", "What to bring", "SP-1042", session.host.name):
        assert words in page
    answer = client.get(address("booking_ics", booking.uid))
    assert answer["Content-Disposition"] == 'attachment; filename="office-hours.ics"'
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == THURSDAY


def test_moving_shows_free_times_of_the_product_alone(client, eve, session):
    booking = BookingFactory(slot=first_slot(session), user=eve)
    target = session.slots.order_by("starts_at")[1]
    stranger = SlotFactory()
    move = address("booking_move", booking.uid)
    page = client.get(move).content.decode()
    assert f'value="{target.pk}"' in page
    assert f'value="{stranger.pk}"' not in page
    assert client.post(move, {"slot": stranger.pk, "version": 1}).status_code == 422
    answer = client.post(move, {"slot": target.pk, "version": 1})
    assert answer.headers["Location"] == booking.get_absolute_url()
    booking.refresh_from_db()
    assert (booking.slot, booking.sequence) == (target, 1)
    stale = client.post(move, {"slot": first_slot(session).pk, "version": 1}, follow=True)
    assert "changed meanwhile" in stale.content.decode()


def test_cancelling_has_an_undo(client, eve, session):
    booking = BookingFactory(slot=first_slot(session), user=eve)
    cancel = address("booking_cancel", booking.uid)
    assert "offered to whoever waits" in client.get(cancel).content.decode()
    page = client.post(cancel, {"version": 1}, follow=True).content.decode()
    again = address("booking_again", booking.uid)
    assert re.search(f'action="{again}"', page)
    client.post(again)
    booking.refresh_from_db()
    assert (booking.state, booking.sequence) == ("booked", 2)


def test_cancelling_late_says_so_and_after_it_began_it_is_over(client, eve, session):
    booking = BookingFactory(slot=first_slot(session), user=eve)
    cancel = address("booking_cancel", booking.uid)
    with time_machine.travel(THURSDAY - SLOT, tick=False):
        assert "It is late" in client.get(cancel).content.decode()
    with time_machine.travel(THURSDAY, tick=False):
        for answer in (client.get(cancel), client.post(cancel, {"version": 1})):
            assert answer.headers["Location"] == booking.get_absolute_url()
    booking.refresh_from_db()
    assert booking.state == "booked"


@pytest.mark.parametrize("name", ["booking_detail", "booking_ics", "booking_move",
                                  "booking_cancel", "booking_again", "offer_take"])  # fmt: skip
def test_somebody_elses_booking_is_a_404(client, eve, session, name):
    booking = BookingFactory(slot=first_slot(session))
    url = address(name, booking.uid)
    assert client.get(url).status_code == client.post(url).status_code == 404


def test_the_list_is_empty_then_has_what_comes_and_what_was(client, eve, session):
    assert "No bookings to come" in client.get(address("my_bookings")).content.decode()
    ahead = BookingFactory(slot=first_slot(session), user=eve)
    past = BookingFactory(
        slot=SlotFactory(session=SessionFactory(starts_at=THURSDAY - dt.timedelta(days=14))),
        user=eve,
        state="no_show",
    )
    BookingFactory(slot=session.slots.order_by("starts_at")[1])  # somebody else's
    answer = client.get(address("my_bookings"))
    assert [line.url for line in answer.context["ahead_lines"]] == [ahead.get_absolute_url()]
    (line,) = answer.context["past_lines"]
    assert (line.url, line.state) == (past.get_absolute_url(), "Did not come")


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, eve, django_assert_num_queries, amount):
    for number in range(amount):
        day = THURSDAY + dt.timedelta(days=number)
        BookingFactory(slot=SlotFactory(session=SessionFactory(starts_at=day)), user=eve)
        gone = SlotFactory(session=SessionFactory(starts_at=day))
        BookingFactory(slot=gone, user=eve, state="cancelled")
        WaitingPlaceFactory(session=SessionFactory(starts_at=day), user=eve)
    client.get(address("my_bookings"))
    # The person; how many and which to come; how many and which were; which they wait for.
    with django_assert_num_queries(6):
        client.get(address("my_bookings"))
