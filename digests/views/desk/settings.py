"""How a product is told: paused, in links without content, or in full."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from digests.forms.desk import WayForm
from digests.presenters.desk.frame import digest_context
from digests.selectors.desk import way_of
from digests.services.telling import set_way
from digests.views.desk.frame import GET_OR_POST
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def digest_settings(request: ProductRequest, slug: str) -> HttpResponse:
    """Pause the digest of this product, or tell it in links alone."""
    product = request.product
    if request.method == "POST":
        form = WayForm(request.POST)
        if form.is_valid():
            set_way(product=product, **form.cleaned_data)
            add_toast(request, "Saved.")
            return redirect("digests:issue_detail", slug)
    else:
        form = WayForm.of(way_of(product))
    context = {**digest_context(request, product, "settings"), "form": form}
    return render(request, "digests/issue_settings.html", context)
