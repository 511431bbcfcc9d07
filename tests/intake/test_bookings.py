"""Booking office hours: by the rows and mails that are left, also when fifty want one seat."""

from __future__ import annotations

import datetime as dt
import random
import threading
from email import message_from_bytes
from email.policy import default
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from icalendar import Calendar

from core.models import OutboundMail
from core.versions import Conflict
from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, Slot, WaitingPlace
from intake.services import bookings as services
from intake.services import waiting
from intake.services.bookings import (
    AlreadyBooked,
    BookingClosed,
    BookingOver,
    SlotTaken,
    book_again,
    book_slot,
    cancel_booking,
    mark_booking,
    move_booking,
)
from intake.services.visitors import Visitor, visitor_of
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    THURSDAY,
    BookingFactory,
    RequestFactory,
    SessionFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
LATER = THURSDAY + dt.timedelta(minutes=20)


@pytest.fixture
def slot():
    session = SessionFactory(
        product__name="Shift Planner", place="Room 4", link="https://call.example.org/x"
    )
    return SlotFactory(session=session)


def book(slot, user=None, now=NOW, **more):
    user = user or UserFactory()
    return book_slot(slot=slot, visitor=visitor_of(user), by=user, now=now, **more)


def mails():
    return [
        (mail.recipient, mail.kind.removeprefix("intake.booking_"))
        for mail in OutboundMail.objects.order_by("pk")
    ]


def last_mail():
    raw = bytes(OutboundMail.objects.latest("pk").raw)
    return message_from_bytes(raw, policy=default)


def last_entry():
    (part,) = last_mail().iter_attachments()
    assert part.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params["method"] == str(calendar["method"])
    (event,) = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def test_a_place_is_booked_once_for_one_form_and_mailed_with_its_entry(slot):
    user, token = UserFactory(time_zone="Asia/Kathmandu"), uuid4()
    wish = RequestFactory(product=slot.session.product, reference="SP-1042")
    first = book(slot, user, token=token, request=wish)
    assert book(slot, user, token=token, request=wish) == first == Booking.objects.get()
    assert (first.session, first.slot, first.seat, first.state) == (slot.session, slot, 1, "booked")
    assert mails() == [(user.email, "booked")]
    text = last_mail().get_body(("plain",)).get_content()
    # 14:00 UTC is 19:45 there.
    for words in ("Thu 26 Nov 2026, 19:45 to 20:05 (Kathmandu time)", "Room 4", "SP-1042"):
        assert words in text
    assert f"http://testserver/bookings/{first.uid}/" in text
    method, event = last_entry()
    assert method == "REQUEST"
    assert (event["uid"], event["sequence"]) == (f"{first.uid}@homegrown", 0)
    assert event.decoded("dtstart") == THURSDAY
    assert event["attendee"] == f"mailto:{user.email}"
    assert event["location"] == "Room 4"


def test_a_full_slot_says_which_are_free(slot):
    book(slot)
    free = SlotFactory(session=slot.session, starts_at=LATER)
    SlotFactory(session=SessionFactory(), starts_at=LATER)  # of another product
    with pytest.raises(SlotTaken) as refused:
        book(slot)
    assert [(one.slot, one.free) for one in refused.value.next_slots] == [(free, 1)]
    assert Booking.objects.count() == len(mails()) == 1


def test_several_fit_into_one_slot_and_the_first_free_seat_is_taken(slot):
    slot.session.capacity = 3
    slot.session.save()
    first, second, _ = [book(slot) for _ in range(3)]
    assert [first.seat, second.seat] == [1, 2]
    cancel_booking(booking=second, version=1, by=None, now=NOW)
    assert book(slot).seat == 2


def test_a_person_has_one_place_in_a_session(slot):
    user, other = UserFactory(), SlotFactory(session=slot.session, starts_at=LATER)
    mine = book(slot, user)
    with pytest.raises(AlreadyBooked) as refused:
        book(other, user)
    assert refused.value.booking == mine
    guest = Visitor(user=None, name="Guest", email="guest@example.org")
    book_slot(slot=other, visitor=guest, by=None, now=NOW)
    third = SlotFactory(session=slot.session, starts_at=LATER + dt.timedelta(minutes=20))
    with pytest.raises(AlreadyBooked):
        book_slot(slot=third, visitor=guest, by=None, now=NOW)


@pytest.mark.parametrize(
    ("changes", "now", "words"),
    [
        ({}, THURSDAY - dt.timedelta(hours=2), "has closed"),
        ({}, THURSDAY, "have begun"),
        ({"state": SessionState.CANCELLED}, NOW, "cancelled"),
        ({"state": SessionState.CLOSED}, NOW, "over"),
    ],
)
def test_it_says_in_plain_words_why_nobody_can_book(slot, changes, now, words):
    for name, value in changes.items():
        setattr(slot.session, name, value)
    slot.session.save()
    with pytest.raises(BookingClosed, match=words):
        book(slot, now=now)
    assert not Booking.objects.exists()


def test_a_second_before_the_deadline_is_in_time(slot):
    assert book(slot, now=THURSDAY - dt.timedelta(hours=2, seconds=1)).pk


def test_a_slot_that_is_gone_is_taken(slot):
    gone = Slot.objects.select_related("session__product").get(pk=slot.pk)
    slot.delete()
    with pytest.raises(SlotTaken):
        book(gone)


def test_moving_frees_the_old_seat_and_counts_the_entry_up(slot):
    booking = book(slot)
    waits = waiting.join_waiting(
        session=slot.session, visitor=visitor_of(UserFactory()), by=None, now=NOW
    )
    target = SlotFactory(
        session=SessionFactory(
            product=slot.session.product, starts_at=THURSDAY + dt.timedelta(days=7)
        )
    )
    moved = move_booking(booking=booking, version=1, slot=target, by=booking.user, now=NOW)
    assert (moved.session, moved.slot, moved.version) == (target.session, target, 2)
    again = move_booking(booking=booking, version=1, slot=target, by=booking.user, now=NOW)
    assert again.version == 2
    waits.refresh_from_db()
    assert (waits.state, waits.booking.slot) == (WaitingState.OFFERED, slot)
    assert [kind for _, kind in mails()] == ["booked", "offered", "moved"]
    method, event = last_entry()
    assert (method, event["uid"], event["sequence"]) == ("REQUEST", f"{booking.uid}@homegrown", 1)
    assert event.decoded("dtstart") == target.starts_at


def test_moving_within_a_session_and_to_nowhere(slot):
    other = SlotFactory(session=slot.session, starts_at=LATER)
    booking = book(slot)
    assert move_booking(booking=booking, version=1, slot=other, by=None, now=NOW).slot == other
    full = book(slot)
    with pytest.raises(SlotTaken):
        move_booking(booking=booking, version=2, slot=full.slot, by=None, now=NOW)
    with pytest.raises(Conflict):
        cancel_booking(booking=booking, version=1, by=None, now=NOW)
    stranger = SlotFactory()
    with pytest.raises(ValueError, match="product"):
        move_booking(booking=booking, version=2, slot=stranger, by=None, now=NOW)
    assert Booking.objects.get(pk=booking.pk).slot == other


def test_cancelling_is_possible_after_the_deadline_but_not_once_it_has_begun(slot):
    booking = book(slot)
    with pytest.raises(BookingOver):
        cancel_booking(booking=booking, version=1, by=None, now=THURSDAY)
    late = THURSDAY - dt.timedelta(minutes=5)
    cancelled = cancel_booking(booking=booking, version=1, by=None, now=late)
    assert cancelled.state == BookingState.CANCELLED
    assert cancel_booking(booking=booking, version=1, by=None, now=late).version == 2
    assert [kind for _, kind in mails()] == ["booked", "cancelled"]
    method, event = last_entry()
    assert (method, event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 1)


def test_a_cancellation_is_taken_back_while_there_is_room(slot):
    booking = book(slot)
    cancel_booking(booking=booking, version=1, by=None, now=NOW)
    back = book_again(booking=booking, by=None, now=NOW)
    assert (back.pk, back.state, back.sequence) == (booking.pk, BookingState.BOOKED, 2)
    assert book_again(booking=booking, by=None, now=NOW).version == back.version
    cancel_booking(booking=booking, version=back.version, by=None, now=NOW)
    book(slot)
    with pytest.raises(SlotTaken):
        book_again(booking=booking, by=None, now=NOW)


def test_a_host_marks_who_came_once_it_has_begun(slot):
    booking, host = book(slot), UserFactory()
    mark = {"booking": booking, "by": host}
    with pytest.raises(BookingOver):
        mark_booking(**mark, state="attended", now=THURSDAY - dt.timedelta(seconds=1))
    assert mark_booking(**mark, state="no_show", now=THURSDAY).state == "no_show"
    assert mark_booking(**mark, state="booked", now=THURSDAY).state == "booked"
    with pytest.raises(ValueError, match="mark"):
        mark_booking(**mark, state="cancelled", now=THURSDAY)
    offered = BookingFactory(
        slot=SlotFactory(), state=BookingState.OFFERED, held_until=THURSDAY, user=UserFactory()
    )
    with pytest.raises(BookingOver):
        mark_booking(booking=offered, by=host, state="attended", now=THURSDAY)


def test_the_database_has_the_last_word(slot, monkeypatch):
    """The negative control: without the queue at the slot, two find the same seat free, and the
    unique constraint alone refuses the second.
    """
    book(slot)
    monkeypatch.setattr(services, "first_free_seat", lambda slot, session: 1)
    with pytest.raises(SlotTaken):
        book(slot)
    assert Booking.objects.count() == 1


# Real threads, each with a connection of its own.
RACERS = 50


def race(works):
    gate, ends, wrong = threading.Barrier(len(works)), [], []

    def run(work):
        try:
            gate.wait(60)
            ends.append(work())
        except (SlotTaken, AlreadyBooked, BookingClosed, BookingOver, Conflict) as refused:
            ends.append(type(refused).__name__)
        except Exception as error:  # noqa: BLE001  # told below
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    assert len(ends) == len(works)
    return ends


@pytest.mark.django_db(transaction=True)
def test_fifty_race_for_the_last_place():
    slot = SlotFactory()
    users = [UserFactory() for _ in range(RACERS)]
    ends = race([lambda user=user: book(slot, user) for user in users])
    won = [end for end in ends if isinstance(end, Booking)]
    assert len(won) == 1
    assert ends.count("SlotTaken") == RACERS - 1
    assert Booking.objects.get() == won[0]
    assert mails() == [(won[0].email, "booked")]


@pytest.mark.django_db(transaction=True)
def test_whom_the_database_tires_of_is_answered_too(monkeypatch):
    """Where the queue at the slot is longer than the database waits, a second look tells."""
    slot, looks = SlotFactory(), []
    real = services.hold_slots

    def tired(**asked):
        looks.append(asked)
        if len(looks) == 1:
            race([partial(book, slot)])  # whoever stood in front, on a connection of their own
            with connection.cursor() as cursor:
                cursor.execute(
                    "DO $$ BEGIN RAISE EXCEPTION 'tired' USING ERRCODE = '55P03'; END $$"
                )
        return real(**asked)

    monkeypatch.setattr(services, "hold_slots", tired)
    with pytest.raises(SlotTaken):
        book(slot)
    assert len(looks) == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_posts_of_one_form_are_one_place():
    slot, user, token = SlotFactory(session__capacity=50), UserFactory(), uuid4()
    ends = race([lambda: book(slot, user, token=token)] * RACERS)
    assert {end.pk for end in ends} == {Booking.objects.get().pk}
    assert len(mails()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("capacity", [1, 50])
def test_a_form_that_books_between_two_looks_of_its_double_is_one_place(capacity, monkeypatch):
    slot, user, token = SlotFactory(session__capacity=capacity), UserFactory(), uuid4()
    real, looks = services._of_form, []

    def slow(*asked):
        found = real(*asked)
        looks.append(found)
        if len(looks) == 1:
            race([partial(book, slot, user, token=token)])
        return found

    monkeypatch.setattr(services, "_of_form", slow)
    assert book(slot, user, token=token) == Booking.objects.get()
    assert looks[0] is None
    assert len(mails()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_at_once_nobody_shares_a_seat_and_no_free_seat_is_waited_for(seed):
    """Bookings, cancellations, moves, waiting and offers in any order."""
    rng = random.Random(seed)
    session = SessionFactory(capacity=2)
    slots = [
        SlotFactory(session=session, starts_at=THURSDAY + dt.timedelta(minutes=20 * n))
        for n in range(3)
    ]
    held = [book(slot) for slot in slots for _ in range(2)]
    for _ in range(4):
        join(session)
    sooner = {"by": None, "now": NOW}
    works = [partial(cancel_booking, booking=one, version=1, **sooner) for one in held[:3]]
    for one in held[3:]:
        to = rng.choice(slots)
        works.append(partial(move_booking, booking=one, version=1, slot=to, **sooner))
    works += [partial(book, rng.choice(slots), UserFactory()) for _ in range(6)]
    works += [partial(waiting.offer_free_seats, session=session, now=NOW)] * 3
    works += [partial(try_to_join, session, UserFactory()) for _ in range(3)]
    rng.shuffle(works)
    race(works)
    waiting.offer_free_seats(session=session, now=NOW)
    present = Booking.objects.exclude(state=BookingState.CANCELLED)
    seats = list(present.values_list("slot_id", "seat"))
    assert len(seats) == len(set(seats)) <= 6
    assert {seat for _, seat in seats} <= {1, 2}
    waits = WaitingPlace.objects.filter(state=WaitingState.WAITING).count()
    assert waits == 0 or len(seats) == 6
    offered = present.filter(state=BookingState.OFFERED)
    assert offered.count() == WaitingPlace.objects.filter(state=WaitingState.OFFERED).count()


def join(session, user=None):
    visitor = visitor_of(user or UserFactory())
    return waiting.join_waiting(session=session, visitor=visitor, by=None, now=NOW)


def try_to_join(session, user):
    try:
        return join(session, user)
    except waiting.SeatsFree:
        return "free"
