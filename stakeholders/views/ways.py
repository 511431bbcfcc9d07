"""The way to a page about somebody on a map, and back to where one came from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from core.htmx import swaps
from core.toasts import add_toast
from portfolio.policies import ProductRequest
from stakeholders.models import Placement
from stakeholders.presenters.addresses import Addresses
from stakeholders.views.cards import card_crumbs, render_card
from stakeholders.views.map import PANEL, render_map
from stakeholders.views.placements import find_placement
from stakeholders.views.today import BACK as TODAY
from stakeholders.views.today import render_today


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only shown."""
    return request.POST if request.method == "POST" else None


def way_back(request: ProductRequest, placement: Placement) -> str:
    """To the day's list or the map for whoever came from there (`?back=`), else to the card."""
    if request.GET.get("back") == TODAY:
        page = request.GET.get("page", "")
        query = {"page": page} if page.isascii() and page.isdigit() else None
        return reverse("stakeholders:today", query=query)
    if request.GET.get("back") == PANEL:
        return Addresses(request.product, request.GET, request.GET.get("full") == "1").here()
    return placement.get_absolute_url()


def after_change(
    request: ProductRequest, placement: Placement, news: str, undo_url: str = ""
) -> HttpResponse:
    """What they came from as it stands now: swapped in for htmx, else its page."""
    add_toast(request, news, undo_url=undo_url)
    if swaps(request, TODAY):
        return render_today(request)
    if swaps(request, "card"):
        request.GET = QueryDict("")  # the card's own address
        return render_card(request, find_placement(request, placement.pk))
    if swaps(request, PANEL):
        return render_map(request, is_full=request.GET.get("full") == "1")
    return redirect(way_back(request, placement))


def form_page(
    request: ProductRequest, placement: Placement, form: Any, status: int = 0, **page: Any
) -> HttpResponse:
    """A form about somebody on a page of its own; what is wrong with it is said there."""
    template = page.pop("template", "components/form_page.html")
    context = {
        "form": form,
        "placement": placement,
        "cancel_url": way_back(request, placement),
        "crumbs": card_crumbs(placement, page["title"]),
        **page,
    }
    wrong = 422 if form is not None and form.is_bound else 200
    return render(request, template, context, status=status or wrong)
