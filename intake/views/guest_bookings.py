"""A place in office hours at a private address, for guests: the address is the right."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.models import Booking
from intake.selectors.guest_bookings import booking_of
from intake.views import changes
from intake.views.following.doors import private

GET_OR_POST = ["GET", "HEAD", "POST"]


def _found(token: str) -> Booking:
    """The guest's booking.

    Raises:
        Http404: the address opens nothing, or nothing any more.
    """
    booking = booking_of(token)
    if booking is None:
        raise Http404("No booking at this address.")
    return booking


@private
@require_safe
def guest_booking_detail(request: HttpRequest, booking_token: str) -> HttpResponseBase:
    """When, where and with whom; what can still be done about it."""
    return changes.show(request, _found(booking_token))


@private
@require_safe
def guest_booking_ics(request: HttpRequest, booking_token: str) -> HttpResponseBase:
    """The entry for one's calendar."""
    return changes.ics(_found(booking_token))


@private
@require_http_methods(GET_OR_POST)
def guest_booking_move(request: HttpRequest, booking_token: str) -> HttpResponseBase:
    """Choose another free time of the product."""
    return changes.move(request, _found(booking_token))


@private
@require_http_methods(GET_OR_POST)
def guest_booking_cancel(request: HttpRequest, booking_token: str) -> HttpResponseBase:
    """Give the place back."""
    return changes.cancel(request, _found(booking_token))


@private
@require_POST
def guest_booking_again(request: HttpRequest, booking_token: str) -> HttpResponseBase:
    """Undo of a cancellation."""
    return changes.again(request, _found(booking_token))
