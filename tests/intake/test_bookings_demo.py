"""The demo's full session: two wait for it, and a cancelled place goes to the first."""

from __future__ import annotations

import pytest

from accounts.services import create_demo_people
from intake.demo import bookings, hours
from intake.models import Booking, WaitingPlace
from intake.selectors.openings import open_slots_of
from intake.services.bookings import cancel_booking
from portfolio import demo as company
from tests.factories.intake import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company():
    create_demo_people(NOW)
    company.seed(NOW)
    hours.seed(NOW)


def test_a_session_is_full_and_a_free_place_is_offered_to_the_first():
    for _ in range(2):
        bookings.seed(NOW)
    first, second = WaitingPlace.objects.order_by("pk")
    assert (first.name, second.name) == ("Sofia Rossi", "Tomas Novak")
    assert open_slots_of(first.session, NOW) == []
    booking = Booking.objects.get(session=first.session, user__name="Lucas Moreau")
    cancel_booking(booking=booking, version=1, by=booking.user, now=NOW)
    states = WaitingPlace.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["offered", "waiting"]


def test_it_goes_with_the_demo():
    bookings.seed(NOW)
    bookings.remove()
    hours.remove()
    assert not WaitingPlace.objects.exists()
    assert not Booking.objects.exists()
