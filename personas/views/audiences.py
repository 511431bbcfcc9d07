"""The audiences of a product: who they are, how free, what they give."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import today
from core.toasts import add_toast
from personas import presenters as words
from personas import selectors, services
from personas.forms import AudienceForm
from personas.models import Audience
from personas.views.fits import product_crumbs
from personas.views.requests import GET_OR_POST, posted, stand_on_theirs
from portfolio.models import Product
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def audience_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Put the bright-line test to one persona among the product's people."""
    product, day = request.product, today(timezone.now())
    form = AudienceForm(
        posted(request),
        today=day,
        personas=selectors.personas_without(product),
        initial={
            "choice": product.choice,
            "exchange": product.exchange,
            "from_date": day,
            "tested_on": day,
        },
    )
    if request.method == "POST" and form.is_valid():
        audience = Audience(product=product, persona=form.cleaned_data["persona"])
        if _saved(request, form, audience):
            return _after(request, f"{audience.persona} is an audience now.")
        return _form_page(request, form, f"An audience of {product}", status=409)
    return _form_page(request, form, f"An audience of {product}")


@require_http_methods(GET_OR_POST)
def audience_edit(request: ProductRequest, slug: str, audience_id: int) -> HttpResponse:
    """Test an audience again, or count it anew."""
    audience = _find(request, audience_id)
    day = today(timezone.now())
    initial = {**words.audience_initial(audience), "from_date": day}
    form = AudienceForm(posted(request), today=day, personas=None, initial=initial)
    title = f"{audience.persona} in {request.product}"
    if request.method == "POST" and form.is_valid():
        if _saved(request, form, audience):
            return _after(request, f"{audience.persona} is tested again.")
        return _form_page(request, form, title, status=409)
    return _form_page(request, form, title)


def _saved(request: ProductRequest, form: AudienceForm, audience: Audience) -> bool:
    """Whether it is; where somebody was faster, their test stands in the form."""
    try:
        services.set_audience(
            product=request.product,
            persona=audience.persona,
            version=form.read_version,
            fields=form.test,
            by=request.user,
            now=timezone.now(),
            **form.count,
        )
    except services.Conflict as conflict:
        theirs: Any = conflict.theirs
        stand_on_theirs(form, theirs, words.audience_initial(theirs))
        return False
    return True


@require_http_methods(GET_OR_POST)
def audience_delete(request: ProductRequest, slug: str, audience_id: int) -> HttpResponse:
    """Take an audience away with its head-counts."""
    audience = _find(request, audience_id)
    if request.method == "POST":
        services.remove_audience(audience=audience, by=request.user, now=timezone.now())
        return _after(request, f"{audience.persona} is no audience any more.")
    context = {
        "form": None,
        "title": f"Take {audience.persona} away",
        "lede": f"From the audiences of {request.product}, with their head-counts. "
        "The persona itself stays.",
        "danger": True,
        "confirm_label": "Take away",
        "cancel_url": _back(request.product),
        "crumbs": product_crumbs(request.product, "Audience"),
    }
    return render(request, "components/confirm_page.html", context)


def _find(request: ProductRequest, audience_id: int) -> Audience:
    audiences = Audience.objects.select_related("persona").filter(product=request.product)
    audience: Audience = get_object_or_404(audiences, pk=audience_id)
    audience.product = request.product
    return audience


def _back(product: Product) -> str:
    return reverse("personas:product_personas", args=[product.slug])


def _after(request: ProductRequest, news: str) -> HttpResponse:
    add_toast(request, f"{news} Health is being worked out.")
    return redirect(_back(request.product))


def _form_page(
    request: ProductRequest, form: AudienceForm, title: str, status: int = 0
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lede": "People are customers only if they have a choice and knowingly give something.",
        "submit_label": "Save audience",
        "cancel_url": _back(request.product),
        "crumbs": product_crumbs(request.product, "Audience"),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status or wrong)
