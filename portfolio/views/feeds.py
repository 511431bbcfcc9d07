"""A product's news for readers that can't sign in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import today
from accounts.selectors.feeds import feed_of
from core.feeds import feed_response
from portfolio.models import Product
from portfolio.presenters.feeds import release_atom
from portfolio.selectors import feed_releases

RELEASES = "releases"
ATOM = "application/atom+xml; charset=utf-8"


@require_safe
def release_feed(request: HttpRequest, release_token: str) -> HttpResponse:
    """What everybody who sees the product reads, with the rights of the address's owner."""
    key = feed_of(release_token, RELEASES)
    if key is None:
        raise Http404("No feed like this.")
    product = get_object_or_404(Product.objects.visible_to(key.user), pk=key.product_id)
    notes = feed_releases(product, today(timezone.now()))
    return feed_response(request, release_atom(product, notes), ATOM)
