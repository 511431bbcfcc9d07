"""Private addresses: the address is the right, and nobody keeps what it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.http import Http404, HttpResponse

from digests.models import DigestDelivery
from digests.selectors.addresses import Purpose, delivery_of, reader_of
from stakeholders.models import Person

View = TypeVar("View", bound=Callable[..., HttpResponse])

# (`no-referrer` would take the Origin away from our own forms, which then are refused.)
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
}
NOTHING = "Nothing at this address."


def private(view: View) -> View:
    """Decorator: no cache keeps the answer, no search engine lists it."""

    @wraps(view)
    def shown(*args: object, **kwargs: object) -> HttpResponse:
        response = view(*args, **kwargs)
        for name, value in PRIVATE.items():
            response.headers[name] = value
        return response

    return cast(View, shown)


def person_behind(token: str, purpose: Purpose) -> Person:
    """Whose address this is.

    Raises:
        Http404: it opens nothing, or nothing any more; which of the two nobody can tell.
    """
    person = reader_of(token, purpose)
    if person is None:
        raise Http404(NOTHING)
    return person


def mail_behind(token: str) -> DigestDelivery:
    """The delivery of this address, whose mail is there to be read.

    Raises:
        Http404: as in `person_behind`, or the mail is there no more.
    """
    delivery = delivery_of(token)
    if delivery is None or delivery.mail is None:
        raise Http404(NOTHING)
    return delivery
