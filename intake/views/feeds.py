"""Office hours as calendars that programs follow: the token in the address is the right."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import FeedKey
from accounts.selectors.feeds import feed_of
from core.calendars import CONTENT_TYPE
from core.feeds import feed_response
from intake.selectors.feeds import product_of_feed, sessions_of_host, sessions_of_product
from intake.services.calendars import host_entry, public_entry, session_feed

HOURS, HOST = "hours", "host"


@require_safe
def hours_feed(request: HttpRequest, hours_token: str) -> HttpResponse:
    """The sessions of a product, as its readers see them."""
    key = _key(hours_token, HOURS)
    product = product_of_feed(key.user, key.product_id)
    if product is None:
        raise Http404
    sessions = sessions_of_product(product, timezone.now())
    name = f"{product.name}: office hours"
    content = session_feed(name, (public_entry(session) for session in sessions))
    return feed_response(request, content, CONTENT_TYPE)


@require_safe
def host_feed(request: HttpRequest, host_token: str) -> HttpResponse:
    """The sessions that somebody holds, with who comes."""
    key = _key(host_token, HOST)
    sessions = sessions_of_host(key.user, timezone.now())
    entries = (host_entry(session, session.bookings.all()) for session in sessions)
    return feed_response(request, session_feed("Your office hours", entries), CONTENT_TYPE)


def _key(token: str, purpose: str) -> FeedKey:
    """The same answer to every address that is not in force.

    Raises:
        Http404: there is no such address.
    """
    key = feed_of(token, purpose)
    if key is None:
        raise Http404
    return key
