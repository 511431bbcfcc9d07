"""The waiting list and the reminders: who is offered what, until when, and told how often."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
import time_machine

from core.models import OutboundMail
from core.personal import ERASED_ADDRESS
from intake import tasks
from intake.enums import BookingState, SessionState, WaitingState
from intake.models import Booking, WaitingPlace
from intake.services.bookings import book_slot, cancel_booking, move_booking
from intake.services.reminders import send_reminders
from intake.services.seats import AlreadyBooked, BookingClosed
from intake.services.visitors import Visitor, visitor_of
from intake.services.waiting import (
    OfferLapsed,
    SeatsFree,
    join_waiting,
    leave_waiting,
    offer_free_seats,
    take_offer,
)
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    THURSDAY,
    BookingFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def taken():
    """The only place of a session, booked."""
    slot = SlotFactory()
    user = UserFactory()
    return book_slot(slot=slot, visitor=visitor_of(user), by=user, now=NOW)


def join(session, user=None, now=NOW):
    visitor = visitor_of(user or UserFactory())
    return join_waiting(session=session, visitor=visitor, by=visitor.user, now=now)


def state(place):
    return WaitingPlace.objects.get(pk=place.pk).state


def offer_of(place):
    return WaitingPlace.objects.get(pk=place.pk).booking


def kinds():
    names = OutboundMail.objects.order_by("pk").values_list("kind", flat=True)
    return [name.removeprefix("intake.booking_") for name in names]


def test_whoever_is_first_is_offered_the_seat_that_becomes_free(taken):
    first, second = join(taken.session), join(taken.session, now=NOW + HOUR)
    assert join(taken.session, first.user) == first
    cancel_booking(booking=taken, version=1, by=None, now=NOW + 2 * HOUR)
    assert (state(first), state(second)) == (WaitingState.OFFERED, WaitingState.WAITING)
    offer = offer_of(first)
    assert (offer.state, offer.slot, offer.user) == ("offered", taken.slot, first.user)
    assert offer.held_until == NOW + 2 * HOUR + DAY
    mail = OutboundMail.objects.filter(kind="intake.booking_offered").get()
    assert mail.recipient == first.email
    assert "A place is free until Tue 24 Nov 2026, 14:00" in bytes(mail.raw).decode()
    assert b"text/calendar" not in bytes(mail.raw)
    booked = take_offer(booking=offer, by=first.user, now=NOW + 3 * HOUR)
    assert take_offer(booking=offer, by=first.user, now=NOW + 3 * HOUR) == booked
    assert (booked.state, booked.held_until, state(first)) == ("booked", None, "taken")
    assert kinds() == ["booked", "offered", "cancelled", "booked"]


def test_an_offer_ends_when_booking_closes(taken):
    place = join(taken.session)
    late = taken.session.closes_at - HOUR
    cancel_booking(booking=taken, version=1, by=None, now=late)
    assert offer_of(place).held_until == taken.session.closes_at


def test_nothing_is_offered_after_booking_has_closed(taken):
    place = join(taken.session)
    cancel_booking(booking=taken, version=1, by=None, now=taken.session.closes_at)
    assert state(place) == WaitingState.WAITING


def test_an_offer_that_lapsed_goes_to_the_next_however_often_the_clock_asks(taken):
    first, second = join(taken.session), join(taken.session, now=NOW + HOUR)
    cancel_booking(booking=taken, version=1, by=None, now=NOW)
    lapsed = offer_of(first)
    with time_machine.travel(NOW + DAY - dt.timedelta(seconds=1), tick=False):
        tasks.offer_free_seats()
    assert state(first) == WaitingState.OFFERED
    with time_machine.travel(NOW + DAY, tick=False):
        tasks.offer_free_seats()
        tasks.offer_free_seats()
    assert (state(first), state(second)) == (WaitingState.LAPSED, WaitingState.OFFERED)
    assert kinds().count("offered") == 2
    with pytest.raises(OfferLapsed):
        take_offer(booking=lapsed, by=first.user, now=NOW + DAY)
    assert offer_free_seats(session=taken.session, now=NOW + DAY) == 0


def test_the_moment_until_which_it_is_kept_is_too_late(taken):
    place = join(taken.session)
    cancel_booking(booking=taken, version=1, by=None, now=NOW)
    with pytest.raises(OfferLapsed):
        take_offer(booking=offer_of(place), by=place.user, now=NOW + DAY)


def test_leaving_gives_a_kept_seat_to_the_next(taken):
    first, second, third = (join(taken.session, now=NOW + n * HOUR) for n in range(3))
    leave_waiting(place=second, by=second.user, now=NOW)
    cancel_booking(booking=taken, version=1, by=None, now=NOW)
    leave_waiting(place=first, by=first.user, now=NOW)
    leave_waiting(place=first, by=first.user, now=NOW)
    assert [state(one) for one in (first, second, third)] == ["left", "left", "offered"]
    assert Booking.objects.exclude(state=BookingState.CANCELLED).count() == 1


def test_whoever_left_may_send_the_same_form_again(taken):
    visitor, token = visitor_of(UserFactory()), uuid4()
    sent = {"session": taken.session, "visitor": visitor, "by": visitor.user, "token": token}
    left = join_waiting(**sent, now=NOW)
    leave_waiting(place=left, by=visitor.user, now=NOW)
    again = join_waiting(**sent, now=NOW + HOUR)
    assert join_waiting(**sent, now=NOW + HOUR) == again
    assert (state(left), state(again), again.joined_at) == ("left", "waiting", NOW + HOUR)


def test_nobody_waits_for_what_is_free_or_closed_or_theirs(taken):
    with pytest.raises(AlreadyBooked):
        join(taken.session, taken.user)
    with pytest.raises(BookingClosed):
        join(taken.session, now=taken.session.closes_at)
    free = SlotFactory(session=taken.session, starts_at=THURSDAY + HOUR / 3)
    with pytest.raises(SeatsFree) as refused:
        join(taken.session)
    assert [one.slot for one in refused.value.slots] == [free]
    taken.session.state = SessionState.CANCELLED
    taken.session.save()
    with pytest.raises(BookingClosed):
        join(taken.session)


def test_somebody_without_an_account_waits_once(taken):
    guest = Visitor(user=None, name="Guest", email="guest@example.org")
    asked = {"session": taken.session, "visitor": guest, "by": None, "now": NOW}
    assert join_waiting(**asked) == join_waiting(**asked)


def test_who_can_not_sign_in_any_more_is_offered_nothing(taken):
    gone, place = join(taken.session), join(taken.session, now=NOW + HOUR)
    gone.user.is_active = False
    gone.user.save()
    cancel_booking(booking=taken, version=1, by=None, now=NOW)
    assert (state(gone), state(place)) == (WaitingState.WAITING, WaitingState.OFFERED)


def test_whoever_was_erased_is_offered_nothing_and_mailed_nothing(taken):
    gone, place = join(taken.session), join(taken.session, now=NOW + HOUR)
    WaitingPlace.objects.filter(pk=gone.pk).update(user=None, email=ERASED_ADDRESS)
    Booking.objects.filter(pk=taken.pk).update(user=None, email=ERASED_ADDRESS)
    cancel_booking(booking=taken, version=1, by=None, now=NOW)
    assert (state(gone), state(place)) == (WaitingState.WAITING, WaitingState.OFFERED)
    assert kinds() == ["booked", "offered"]


def remind(at):
    with time_machine.travel(at, tick=False):
        tasks.send_reminders()
    return kinds().count("reminder")


def test_a_visitor_is_reminded_once_a_day_before(taken):
    assert remind(THURSDAY - DAY - dt.timedelta(seconds=1)) == 0
    assert remind(THURSDAY - DAY) == 1
    assert remind(THURSDAY - DAY) == 1
    assert remind(THURSDAY - HOUR) == 1


def test_a_late_reminder_is_sent_until_it_begins(taken):
    assert remind(THURSDAY) == 0
    assert remind(THURSDAY - dt.timedelta(minutes=1)) == 1


def test_who_books_or_moves_within_the_last_day_is_not_reminded(taken):
    late = THURSDAY - DAY + HOUR
    other = SlotFactory(session=taken.session, starts_at=THURSDAY + HOUR / 3)
    user = UserFactory()
    book_slot(slot=other, visitor=visitor_of(user), by=user, now=late)
    third = SlotFactory(session=taken.session, starts_at=THURSDAY + 2 * HOUR / 3)
    move_booking(booking=taken, version=1, slot=third, by=None, now=late)
    assert remind(late + HOUR) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"state": BookingState.CANCELLED},
        {"state": BookingState.OFFERED, "held_until": THURSDAY},
        {"session__state": SessionState.CANCELLED},
        {"user__is_active": False},
    ],
)
def test_nobody_else_is_reminded(changes):
    slot = SlotFactory(session__state=changes.pop("session__state", SessionState.OPEN))
    BookingFactory(slot=slot, **changes)
    assert send_reminders(now=THURSDAY - DAY) == 0
