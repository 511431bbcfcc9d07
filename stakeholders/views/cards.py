"""The card of one person on one map, and where one goes back to from what is done about them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import organisation
from core.htmx import swaps
from core.paging import list_page
from core.periods import local_date
from core.toasts import add_toast
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context, product_crumbs
from stakeholders.models import Placement
from stakeholders.presenters import card as words
from stakeholders.presenters.addresses import Addresses
from stakeholders.presenters.calendar import FILE_NAME, TYPE, meeting_file
from stakeholders.selectors.card import card_of, contacts_of
from stakeholders.selectors.due import debts_of
from stakeholders.views.confidential import confidential
from stakeholders.views.map import PANEL, render_map
from stakeholders.views.placements import find_placement
from stakeholders.views.today import BACK as TODAY
from stakeholders.views.today import render_today

CONTACTS = 20  # on a page


@confidential("a person's card")
@require_safe
def placement_detail(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Where somebody stands and why, what they are owed, every contact and every move."""
    return render_card(request, find_placement(request, placement_id))


def render_card(request: ProductRequest, placement: Placement) -> HttpResponse:
    """The card as a page; for htmx as the part of it that changes, with its address above it."""
    house = organisation()
    placement.product = request.product
    day = local_date(timezone.now(), house.time_zone)
    contacts = contacts_of(request.user, placement)
    page = list_page(contacts, request, noun="contact", size=CONTACTS)
    is_swap = swaps(request, "card")
    context = {
        **product_context(request, request.product, PANEL),
        "card": words.card_words(card_of(placement, request.user, day), day, house),
        "contacts": words.contact_lines(page.rows, placement, day),
        "page": page,
        "placement": placement,
        "crumbs": card_crumbs(placement),
        "zone": house.time_zone,
        "is_swap": is_swap,
    }
    part = "#card" if is_swap else ""
    response = render(request, f"stakeholders/placement_detail.html{part}", context)
    if is_swap:
        response["HX-Push-Url"] = placement.get_absolute_url()
    return response


@confidential("the next conversation")
@require_safe
def meeting_ics(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """The next conversation as a file for a calendar; it may be forwarded to the person."""
    placement, now = find_placement(request, placement_id), timezone.now()
    placement.product = request.product
    day = local_date(now, organisation().time_zone)
    due = debts_of([placement], day)[placement.pk]
    if due.next_due is None:
        raise Http404("No personal contact is owed.")
    response = HttpResponse(meeting_file(placement, due, now, day), content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


def card_crumbs(placement: Placement, *more: str) -> list[tuple[str, str]]:
    """The way from the catalogue to the card, or to a page behind it."""
    product = placement.product
    *way, _ = product_crumbs(product, "Map")
    map_url = reverse("stakeholders:map_detail", args=[product.slug])
    name = placement.person.name
    if not more:
        return [*way, ("Map", map_url), (name, "")]
    card = (name, placement.get_absolute_url())
    return [*way, ("Map", map_url), card, *((word, "") for word in more)]


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
