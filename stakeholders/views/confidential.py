"""What every page about people and maps has in common: nobody keeps it, and no administrator opens
it unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone

from accounts.policies import SignedInRequest
from stakeholders.selectors.reads import person_of, reads_as_administrator
from stakeholders.services.reads import note_read

View = Callable[..., HttpResponseBase]

# Answers that show what is there: pages, and forms with something to put right.
SHOWING = (200, 409, 422)


def confidential(what: str) -> Callable[[View], View]:
    """Decorator of a view that shows something of maps: no browser keeps the answer, and the
    reading of an administrator who is nothing else to the product leaves a `ConfidentialRead`.

    `what` says in words which thing it was ("the map"), at most 60 characters, always the same for
    a page. Which product and which person the address says: `request.product`, `person_id`,
    `placement_id`. Where the row can't be written the page is not shown either.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code in SHOWING:
                note_reading(request, what, getattr(request, "product", None), **kwargs)
            return unkept(response)

        # Tests ask the views for these.
        shown.reads, shown.is_unkept = what, True  # type: ignore[attr-defined]  # a function
        return shown

    return decorate


def no_store(view: View) -> View:
    """Decorator of a view that shows nothing of maps, such as the directory of people: no browser
    keeps the answer.
    """

    @wraps(view)
    def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return unkept(view(request, *args, **kwargs))

    shown.is_unkept = True  # type: ignore[attr-defined]  # as above
    return shown


def unkept(response: HttpResponseBase) -> HttpResponseBase:
    """The answer, of which neither a browser nor anything on the way may keep a copy or a mark."""
    response.headers["Cache-Control"] = "private, no-store"
    for validator in ("ETag", "Last-Modified"):
        response.headers.pop(validator, None)
    return response


def note_reading(request: SignedInRequest, what: str, product: Any, **address: Any) -> None:
    """Note an administrator's reading of `what`, of a product's map or (None) of all maps."""
    if not reads_as_administrator(request.user, product):
        return
    note_read(
        by=request.user,
        product_id=product.pk if product is not None else None,
        person_id=person_of(address.get("person_id"), address.get("placement_id")),
        what=what,
        now=timezone.now(),
    )
