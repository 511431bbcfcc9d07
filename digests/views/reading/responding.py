"""Ask about something that a digest has told, or disagree: the intake form, begun for them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import IssueItem
from digests.presenters.responding import ASK, HOWS, opening_words
from digests.selectors.responding import item_for
from intake.abouts import address_query
from portfolio.models import Product
from portfolio.policies import ProductRequest

KEY = "digest"


@require_safe
def respond(request: ProductRequest, slug: str, item_id: int) -> HttpResponse:
    """To the form, with `?how=disagree` to say so in its first words; those are there for whoever
    may read the item.

    Raises:
        Http404: the product has no such item.
    """
    items = IssueItem.objects.filter(pk=item_id, issue__product=request.product)
    how = request.GET.get("how", ASK)
    if how not in HOWS or not items.exists():
        raise Http404("No such item.")
    query = address_query(KEY, f"{item_id}.{how}")
    return redirect(reverse("intake:request_start", args=[slug], query=query))


def words(user: object, product: Product, what: str) -> str:
    """How the answer to the form's first question begins, for `intake.abouts`."""
    number, _, how = what.partition(".")
    if not number.isdecimal() or how not in HOWS or len(number) > 18:
        return ""
    item = item_for(user, product, int(number))  # type: ignore[arg-type]  # whoever is signed in
    return opening_words(item, how) if item is not None else ""
