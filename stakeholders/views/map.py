"""The map of a product: drawn or as a table, beside the product or on the whole screen, and its
history. Everything that narrows it stands in the address.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from accounts.selectors import organisation
from core.as_of import AsOf, asked_day
from core.htmx import swaps
from core.paging import list_page
from core.periods import DAY, day_start, local_date
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context
from stakeholders.forms.map import MapForm, asked_filters, asked_placement
from stakeholders.models import Placement
from stakeholders.presenters import moves as move_words
from stakeholders.presenters import side, table
from stakeholders.presenters.addresses import Addresses, map_crumbs
from stakeholders.presenters.map import pictures
from stakeholders.presenters.today import TodayPanel, today_panel
from stakeholders.presenters.zones import all_zones
from stakeholders.selectors.map import ProductMap, map_of, map_on, readers_of
from stakeholders.selectors.moves import last_move, moves_of
from stakeholders.selectors.overview import Standing
from stakeholders.selectors.today import today_of
from stakeholders.views.confidential import confidential

PANEL = "map"
TABLE = "table"
COMPARED = "on"


@confidential("the map")
@require_safe
def map_detail(request: ProductRequest, slug: str) -> HttpResponse:
    """Who stands where, who waits for a contact; the map is a panel of the product."""
    return render_map(request, is_full=False)


@confidential("the map")
@require_safe
def map_full(request: ProductRequest, slug: str) -> HttpResponse:
    """The same on the whole screen."""
    return render_map(request, is_full=True)


def render_map(
    request: ProductRequest, *, is_full: bool, status: int = 200, refused: str = ""
) -> HttpResponse:
    """The map as the address says, as a page or for htmx as what changes in it.

    `refused` says why a move was not made; the map shows the place of now.
    """
    product, house = request.product, organisation()
    addresses = Addresses(product, request.GET, is_full)
    context = map_context(request, addresses, house)
    context |= {"refused": refused, "is_swap": swaps(request, PANEL)}
    if context["is_swap"]:
        response = render(request, "stakeholders/map.html", context, status=status)
        here = addresses.here()
        stands = request.headers.get("HX-Current-URL", "").endswith(here)
        response["HX-Push-Url"] = "false" if stands else here
        return response
    if is_full:
        context["crumbs"] = map_crumbs(addresses, "Full screen")
    context = {**product_context(request, product, PANEL), **context}
    page = "map_full" if is_full else "map_detail"
    return render(request, f"stakeholders/{page}.html", context, status=status)


def map_context(
    request: ProductRequest, addresses: Addresses, house: Organisation
) -> dict[str, Any]:
    """What a map shows, whatever page it stands on."""
    product, user = request.product, request.user
    day = local_date(timezone.now(), house.time_zone)
    asked = asked_day(request.GET, day, COMPARED)
    found = map_of(product, user, day, asked_filters(request.GET))
    context = {
        "product": product,
        "to": addresses,
        "urls": _urls(addresses),
        "is_full": addresses.is_full,
        "is_table": request.GET.get("view") == TABLE,
        "found": found,
        "filter_form": MapForm(found.filters, found.departments, asked),
        "kept": _kept(request),
        "summary": side.summary(found, shows_animals=house.shows_animals),
        "panel": _panel(found, addresses, day, house),
        "to_review": side.to_review(found, addresses, day),
        "readers": side.readers_words(*readers_of(product, user)),
        "zones": all_zones(shows_animals=house.shows_animals),
        "shows_animals": house.shows_animals,
    }
    context |= _compared(request, found, asked, house)
    context |= _chosen(request, found, addresses, day, house)
    return context | _body(found, addresses, day, house, context)


def _body(
    found: ProductMap,
    addresses: Addresses,
    day: dt.date,
    house: Organisation,
    context: dict[str, Any],
) -> dict[str, Any]:
    """The table, or the drawings."""
    shows = house.shows_animals
    if context["is_table"]:
        return {"lines": table.lines(found, addresses, day, shows_animals=shows)}
    chosen = context["chosen"]
    return {
        "pictures": pictures(
            found,
            addresses,
            shows_animals=shows,
            chosen=chosen.dot.placement.pk if chosen else None,
            earlier=context["earlier"],
        )
    }


def _panel(
    found: ProductMap, addresses: Addresses, day: dt.date, house: Organisation
) -> TodayPanel:
    """What might be done today for those on the map, whatever the filters say."""

    def link(name: str, placement: Placement) -> str:
        return addresses.of_placement(name, placement.pk, back=PANEL)

    for dot in found.everybody:
        dot.placement.product = addresses.product
    today = today_of([Standing(dot.placement, dot.due) for dot in found.everybody], day)
    return today_panel(today, link, shows_animals=house.shows_animals)


def _compared(
    request: ProductRequest, found: ProductMap, asked: AsOf, house: Organisation
) -> dict[str, Any]:
    """Who stood elsewhere on the other day."""
    if not asked.typed or asked.problem:
        return {"earlier": {}, "compared_with": "", "changes": []}
    instant = day_start(asked.day + DAY, house.time_zone)
    earlier = map_on(request.product, request.user, instant)
    changes = move_words.changes(found, earlier, shows_animals=house.shows_animals)
    return {"earlier": earlier, "compared_with": asked.words, "changes": changes}


def _chosen(
    request: ProductRequest,
    found: ProductMap,
    addresses: Addresses,
    day: dt.date,
    house: Organisation,
) -> dict[str, Any]:
    """Whoever stands beside the map."""
    dot = found.dot(asked_placement(request.GET))
    if dot is None:
        return {"chosen": None}
    move = last_move(dot.placement)
    reader = request.user.pk
    return {"chosen": side.person_side(dot, addresses, day, move=move, reader=reader, house=house)}


def _urls(addresses: Addresses) -> dict[str, str]:
    return {
        "map": addresses.here(view=""),
        "table": addresses.here(view=TABLE),
        "other": addresses.other(is_full=not addresses.is_full),
        "clear": Addresses(addresses.product, addresses.query, addresses.is_full).base,
        "file": addresses.to("map_export", who="", view="", on=""),
        "history": addresses.to("map_history", who="", view="", on="", q=""),
        "create": addresses.to("placement_create", who=""),
        "since": addresses.here(on=""),
    }


def _kept(request: ProductRequest) -> list[tuple[str, str]]:
    """What the filters carry along unseen."""
    values = ((name, request.GET.get(name, "")) for name in ("view", "who"))
    return [(name, value) for name, value in values if value]


@confidential("the map's history")
@require_safe
def map_history(request: ProductRequest, slug: str) -> HttpResponse:
    """Who moved whom, when and why."""
    house = organisation()
    page = list_page(moves_of(request.product, request.user), request, noun="move")
    context = product_context(request, request.product, PANEL) | {
        "page": page,
        "lines": move_words.move_lines(page.rows, shows_animals=house.shows_animals),
        "map_url": Addresses(request.product, request.GET).base,
        "crumbs": map_crumbs(Addresses(request.product, request.GET), "History"),
    }
    return render(request, "stakeholders/moves.html", context)
