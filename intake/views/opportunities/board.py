"""The board of opportunities; a card moves within its column here, between columns by deciding."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.viewers import house_zone
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from intake.forms.opportunities.board import BoardForm
from intake.models import Opportunity
from intake.presenters.frame import intake_context
from intake.presenters.opportunities.board import BoardWords, columns
from intake.presenters.opportunities.orders import orders_lines
from intake.selectors.board import BoardFilters, board_of
from intake.selectors.orders import orders_of
from intake.services.board import move_opportunity
from intake.views.opportunities.frame import find, today_here
from portfolio.policies import ProductRequest

LONGEST_KEY = 18


@require_safe
def opportunity_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Undecided, now, next, later, no."""
    return render_board(request)


def render_board(request: ProductRequest) -> HttpResponse:
    """The board as the address says, as a page or for htmx as what changes in it."""
    context = _board_context(request)
    if swaps(request, "board"):
        context["is_swap"] = True
        response = render(request, "intake/opportunity_board.html", context)
        if request.method == "GET":
            response["HX-Push-Url"] = address_to_push(request)
        return response
    frame = intake_context(request, request.product, "opportunities")
    return render(request, "intake/opportunity_list.html", {**frame, **context})


def _board_context(request: ProductRequest) -> dict[str, Any]:
    product, user = request.product, request.user
    is_team = allows("product.edit", user, product)
    form = BoardForm(request.GET, is_team=is_team)
    filters = form.filters
    board = board_of(product.pk, filters)
    may_decide = allows("product.manage", user, product)
    day = today_here()
    about = BoardWords(product, day, house_zone(user), is_team, may_decide)
    base = reverse("intake:opportunity_list", args=[product.slug])
    return {
        "product": product,
        "board": board,
        "filter_form": form,
        "is_filtered": filters != BoardFilters(),
        "orders": _orders(product.pk, day) if is_team else [],
        "columns": columns(board, about, is_alone=bool(filters.column)),
        "is_team": is_team,
        "may_decide": may_decide,
        "base_url": base,
        "query": without_empty(request.GET),
    }


def _orders(product_id: int, day: dt.date) -> list[tuple[str, bool]]:
    return orders_lines(orders_of([product_id], day)[product_id])


@require_POST
def opportunity_move(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Put a card in front of another one of its column; with htmx the answer is the board."""
    row = find(request, opportunity_id)
    asked = request.POST.get("before", "")
    is_key = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_KEY
    with suppress(Opportunity.DoesNotExist):  # merged meanwhile: the board shows how it stands
        move_opportunity(opportunity=row, before=int(asked) if is_key else None)
    if swaps(request, "board"):
        return render_board(request)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    base = reverse("intake:opportunity_list", args=[slug])
    return redirect(f"{base}{query}#opportunity-{row.pk}")
