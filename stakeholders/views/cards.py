"""The card of one person on one map, and their next conversation as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import organisation
from core.calendars import CONTENT_TYPE
from core.htmx import swaps
from core.paging import list_page
from core.periods import local_date
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context, product_crumbs
from stakeholders.models import Placement
from stakeholders.presenters import card as words
from stakeholders.presenters.calendar import FILE_NAME, meeting_file
from stakeholders.selectors.card import card_of, contacts_of
from stakeholders.selectors.due import debts_of
from stakeholders.views.confidential import confidential
from stakeholders.views.map import PANEL
from stakeholders.views.placements import find_placement

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
    response = HttpResponse(meeting_file(placement, due, now, day), content_type=CONTENT_TYPE)
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
