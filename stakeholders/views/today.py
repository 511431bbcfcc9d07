"""What somebody who looks after products might do today for the people on their maps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core.htmx import swaps
from core.paging import list_page
from core.periods import local_date
from stakeholders.models import Placement
from stakeholders.presenters import today as words
from stakeholders.selectors.today import Today, logged_today, today_for
from stakeholders.views.confidential import confidential, note_reading

BACK = "today"
READ = "today's list"
PAGE_SIZE = 50


@confidential(READ)
@require_safe
def today(request: SignedInRequest) -> HttpResponse:
    """Whom to brief, meet or invite, over all the maps that one may open."""
    return render_today(request)


def render_today(request: SignedInRequest) -> HttpResponse:
    """The list as a page; for htmx as the part of it that changes, with its address above it.

    It is of all maps, also as the answer to a form about one: so it is noted as such.
    """
    note_reading(request, READ, None)
    request.GET = QueryDict(urlencode(_page(request)))  # whatever address it was asked from
    house = organisation()
    day = local_date(timezone.now(), house.time_zone)
    found = today_for(request.user, day)
    context = _lists(request, found, shows_animals=house.shows_animals)
    context |= {
        "tab": BACK,
        "found": found,
        "summary": words.today_summary(found),
        "logged": words.logged_lines(logged_today(request.user, day), BACK),
        "is_swap": swaps(request, BACK),
    }
    part = "#today" if context["is_swap"] else ""
    response = render(request, f"stakeholders/today.html{part}", context)
    if part:
        address = f"{reverse('stakeholders:today')}?{request.GET.urlencode()}".rstrip("?")
        stands = request.headers.get("HX-Current-URL", "").endswith(address)
        response["HX-Push-Url"] = "false" if stands else address
    return response


def _lists(request: SignedInRequest, found: Today, *, shows_animals: bool) -> dict[str, Any]:
    page = list_page(found.waiting, request, noun="person", plural="people", size=PAGE_SIZE)
    most, day, link = words.MOST_BESIDE, found.day, _link(request)
    return {
        "page": page,
        "waiting": words.waiting_lines(page.rows, day, link, shows_animals=shows_animals),
        "soon": words.soon_lines(found.soon[:most], day, link),
        "suggestions": words.suggestion_lines(found.suggestions[:most], link),
        "unreviewed": words.unreviewed_lines(found.unreviewed[:most], day, link),
        "snoozed": words.snoozed_lines(found.snoozed[:most], day, link),
        "more_soon": max(0, len(found.soon) - most),
        "more_suggestions": max(0, len(found.suggestions) - most),
        "more_unreviewed": max(0, len(found.unreviewed) - most),
        "more_snoozed": max(0, len(found.snoozed) - most),
    }


def _link(request: SignedInRequest) -> words.Link:
    query = {"back": BACK, **_page(request)}

    def link(name: str, placement: Placement) -> str:
        arguments = [placement.product.slug, placement.pk]
        is_card = name == "placement_detail"
        return reverse(f"stakeholders:{name}", args=arguments, query=None if is_card else query)

    return link


def _page(request: SignedInRequest) -> dict[str, str]:
    """The page of the list that one is on, as far as it is a number."""
    number = request.GET.get("page", "")
    return {"page": number} if number.isascii() and number.isdigit() and len(number) < 6 else {}
