"""All maps that somebody may open, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core.htmx import address_to_push, swaps
from core.paging import list_page
from core.periods import local_date
from stakeholders.presenters import burdens as burden_words
from stakeholders.presenters import mix as mix_words
from stakeholders.presenters import overview as words
from stakeholders.presenters.places import place_lines
from stakeholders.selectors import overview as selectors
from stakeholders.views.confidential import confidential

# Lines of a page of each list.
LIONS, PRODUCTS, PEOPLE = 10, 25, 10

Found = Sequence[selectors.Standing]


@confidential("the overview of all maps")
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Who waits, what products owe, where contacts go, and who carries too much."""
    house = organisation()
    day = local_date(timezone.now(), house.time_zone)
    portfolios = selectors.portfolios_with_map(request.user)
    chosen = _chosen(request.GET.get("portfolio", ""), portfolios)
    found = selectors.standings(request.user, day, portfolio=chosen)
    mix = selectors.attention_mix(request.user, found, day)
    context = {
        "tab": "overview",
        "portfolios": portfolios,
        "portfolio": chosen,
        "has_people": bool(found),
        "shows_animals": house.shows_animals,
        **_lions(request, found, day, shows_animals=house.shows_animals),
        **_debts(request, found, shows_animals=house.shows_animals),
        **_mix(mix, shows_animals=house.shows_animals),
        **_burdens(request, found, day, shows_animals=house.shows_animals),
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"stakeholders/overview.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


def _chosen(text: str, portfolios: Sequence[tuple[int, str]]) -> int | None:
    """The portfolio that the address names; none where it is not one of theirs."""
    return {str(key): key for key, _ in portfolios}.get(text)


def _lions(
    request: SignedInRequest, found: Found, day: dt.date, *, shows_animals: bool
) -> dict[str, Any]:
    lions = selectors.quiet_lions(found)
    page = list_page(lions, request, noun="contact", size=LIONS, key="waiting")
    return {
        "quiet": words.quiet_words(lions),
        "lions_page": page,
        "lions": place_lines(page.rows, day, shows_animals=shows_animals),
    }


def _debts(request: SignedInRequest, found: Found, *, shows_animals: bool) -> dict[str, Any]:
    debts = selectors.product_debts(found)
    page = list_page(debts, request, noun="product", size=PRODUCTS)
    return {
        "debt_summary": words.debt_summary(debts),
        "debt_head": words.debt_head(shows_animals=shows_animals),
        "debts_page": page,
        "debts": words.debt_lines(page.rows, shows_animals=shows_animals),
        "sums": words.debt_sums(debts, shows_animals=shows_animals),
    }


def _mix(mix: Sequence[selectors.Share], *, shows_animals: bool) -> dict[str, Any]:
    return {
        "mix": mix_words.mix_lines(mix, shows_animals=shows_animals),
        "mix_summary": mix_words.mix_summary(mix, selectors.MIX_DAYS),
        "mix_warning": mix_words.mix_warning(mix, shows_animals=shows_animals),
    }


def _burdens(
    request: SignedInRequest, found: Found, day: dt.date, *, shows_animals: bool
) -> dict[str, Any]:
    burdens = selectors.burdens(found)
    page = list_page(burdens, request, noun="person", plural="people", size=PEOPLE, key="people")
    return {
        "burdens_page": page,
        "burdens": burden_words.burden_lines(page.rows, day, shows_animals=shows_animals),
        "torn": burden_words.torn_lines(selectors.torn(found)),
        "many_maps": selectors.MANY_MAPS,
    }
