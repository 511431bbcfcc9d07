"""One's own place in office hours, with an account: a policy has found it."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.policies import BookingRequest
from intake.views import changes

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def booking_detail(request: BookingRequest, uid: object) -> HttpResponse:
    """When, where and with whom; what can still be done about it."""
    return changes.show(request, request.booking)


@require_safe
def booking_ics(request: BookingRequest, uid: object) -> HttpResponse:
    """The entry for one's calendar."""
    return changes.ics(request.booking)


@require_http_methods(GET_OR_POST)
def booking_move(request: BookingRequest, uid: object) -> HttpResponse:
    """Choose another free time of the product."""
    return changes.move(request, request.booking)


@require_http_methods(GET_OR_POST)
def booking_cancel(request: BookingRequest, uid: object) -> HttpResponse:
    """Give a place back, or let an offer go."""
    return changes.cancel(request, request.booking)


@require_POST
def booking_again(request: BookingRequest, uid: object) -> HttpResponse:
    """Undo of a cancellation."""
    return changes.again(request, request.booking)
