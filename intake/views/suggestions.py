"""The suggestion box of a product."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from intake.forms.research import SuggestionForm
from intake.presenters.frame import intake_crumbs
from intake.services.suggestions import TooMany, drop_suggestion
from portfolio.policies import ProductRequest


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Drop a suggestion, signed or not."""
    product = request.product
    typed = request.POST if request.method == "POST" else None
    form = SuggestionForm(typed, initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            drop_suggestion(product=product, by=request.user, now=timezone.now(),
                            **form.cleaned_data)  # fmt: skip
        except TooMany:
            words = "You dropped ten suggestions today, thank you. Please come back tomorrow."
            form.add_error(None, words)
        else:
            add_toast(request, "Your suggestion is in the box. Thank you.")
            return redirect("intake:intake_overview", slug)
    context = {
        "form": form,
        "title": "Suggestion box",
        "lede": f"What should the team of {product} know? If you need something yourself, ask for "
        "it instead: then somebody answers.",
        "submit_label": "Drop it in the box",
        "cancel_url": product.get_absolute_url(),
        "crumbs": intake_crumbs(product, "suggest", ("Suggestion box", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)
