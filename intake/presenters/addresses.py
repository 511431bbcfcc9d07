"""Addresses of a visitor's pages, for pages, mails and calendars: a guest's are private ones."""

from __future__ import annotations

from django.urls import reverse

from core.emails import absolute
from intake.models import Booking
from intake.selectors.guest_bookings import booking_token

DETAIL = "booking_detail"


def booking_path(booking: Booking, name: str = DETAIL) -> str:
    """The path of a page about a booking, for whoever comes."""
    if booking.user_id is None:
        return reverse(f"intake:guest_{name}", args=[booking_token(booking)])
    return reverse(f"intake:{name}", args=[booking.uid])


def booking_address(booking: Booking, name: str = DETAIL) -> str:
    """The same as a full address."""
    return absolute(booking_path(booking, name))
