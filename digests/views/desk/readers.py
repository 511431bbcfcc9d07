"""Who reads the digest of a product, for those who may see its map."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.paging import list_page
from digests.presenters.desk.frame import digest_context
from digests.presenters.desk.readers import reader_lines
from digests.selectors.desk import others_reading
from digests.selectors.readers import following
from portfolio.policies import ProductRequest
from stakeholders.models import Placement
from stakeholders.selectors.reads import reads_as_administrator
from stakeholders.services.reads import note_read

READ = "the readers of the digest"
View = Callable[..., HttpResponse]


def _noted(view: View) -> View:
    """Decorator: what an administrator reads here is kept before it is shown, as with the map."""

    @wraps(view)
    def shown(request: ProductRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response, product, user = view(request, *args, **kwargs), request.product, request.user
        if reads_as_administrator(user, product):
            note_read(by=user, product_id=product.pk, person_id=None, what=READ, now=timezone.now())
        response.headers["Cache-Control"] = "private, no-store"
        return response

    # Tests ask the views for these.
    shown.reads, shown.is_unkept = READ, True  # type: ignore[attr-defined]  # a function
    return shown


@_noted
@require_safe
def issue_readers(request: ProductRequest, slug: str) -> HttpResponse:
    """Everybody but whoever looks, with the form they read and why; no browser keeps it."""
    product, now = request.product, timezone.now()
    people = others_reading(product, request.user, now)
    page = list_page(people, request, noun="reader")
    keys = [person.pk for person in page.rows]
    seen = Placement.objects.seen_by(request.user).filter(product=product, person__in=keys)
    lines = reader_lines(
        page.rows,
        product,
        follows=following(keys, now),
        planned=set(seen.values_list("person_id", flat=True)),
    )
    context = {
        **digest_context(request, product, "readers"), "page": page, "lines": lines
    }  # fmt: skip
    return render(request, "digests/issue_readers.html", context)
