"""The star of a product."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.htmx import swaps
from core.middleware import local_path
from portfolio import services
from portfolio.policies import ProductRequest
from portfolio.presenters.views import star


@require_POST
def bookmark(request: ProductRequest, slug: str) -> HttpResponse:
    """Keep the product among one's bookmarks, or (`keep=no`) no more; then back to where one was.

    For htmx the answer is the star alone.
    """
    product, is_kept = request.product, request.POST.get("keep") != "no"
    write = services.keep_bookmark if is_kept else services.drop_bookmark
    write(product=product, by=request.user, now=timezone.now())
    if swaps(request, f"star-{product.slug}"):
        return HttpResponse(star(product.slug, product.name, is_kept=is_kept))
    return redirect(local_path(request, request.headers.get("Referer", "")) or product)
