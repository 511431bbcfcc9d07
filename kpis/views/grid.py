"""The week's grid: one form without scripts, cell by cell with them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core import unsent
from core.middleware import local_path
from core.paging import list_page
from core.toasts import add_toast
from kpis import selectors
from kpis.forms.grid import (
    GridFilterForm,
    NotCells,
    posted_cells,
    read_filter,
    read_weeks,
    sent_cells,
)
from kpis.presenters import grid as words
from kpis.selectors.cells import CellOutcome, Step
from kpis.selectors.grid import grid_products, grid_rows, weeks_up_to
from kpis.services.grid import save_cells
from kpis.services.taking_back import take_back
from kpis.views.requests import GET_OR_POST

JSON = "application/json"
BATCHES = "grid_batches"
MOST_BATCHES = 10
# A page holds about this many columns of products, so that a browser can still draw it.
PRODUCT_WEEKS = 96


@require_http_methods(GET_OR_POST)
def grid(request: SignedInRequest) -> HttpResponse:
    """What is right is saved, what is wrong is explained and stays as it was typed."""
    outcomes: list[CellOutcome] = []
    if request.method == "POST":
        cells = posted_cells(request.POST)
        outcomes = save_cells(cells=cells, by=request.user, now=timezone.now())
        undo_url = _remember(request, outcomes)
        if said := words.saved_words(outcomes):
            add_toast(request, said, undo_url=undo_url)
        if all(outcome.state.is_fine for outcome in outcomes):
            return redirect(request.get_full_path())
    context = _context(request, outcomes)
    return render(request, "kpis/grid.html", context, status=422 if outcomes else 200)


@require_POST
def grid_save(request: SignedInRequest) -> HttpResponse:
    """The cells that were left, in JSON: what became of each, and what takes them back."""
    try:
        # Of a form the body has been read by now.
        cells, whose = sent_cells(request.body if request.content_type == JSON else b"")
    except NotCells as error:
        return JsonResponse({"error": str(error)}, status=400)
    if whose and not unsent.is_marked_for(whose, request.user):
        return JsonResponse({"error": "Somebody else is signed in by now."}, status=409)
    outcomes = save_cells(cells=cells, by=request.user, now=timezone.now())
    undo = _remember(request, outcomes)
    said = words.saved_words(outcomes)
    answers = [words.cell_answer(outcome) for outcome in outcomes]
    return JsonResponse({"cells": answers, "undo": undo, "said": said})


@require_POST
def grid_undo(request: SignedInRequest, batch: str) -> HttpResponse:
    """Take a saving back: an answer for the script, or the page again with the news."""
    steps = _steps(request, batch)
    outcomes = take_back(steps=steps, by=request.user, now=timezone.now())
    said = words.undone_words(outcomes)
    if request.headers.get("Accept") == JSON:
        answers = [words.cell_answer(outcome) for outcome in outcomes]
        return JsonResponse({"cells": answers, "said": said})
    add_toast(request, said)
    back = local_path(request, request.headers.get("Referer", ""))
    return redirect(back or reverse("kpis:grid"))


def _remember(request: SignedInRequest, outcomes: Sequence[CellOutcome]) -> str:
    """Keep the way back in the session, of the last savings only; its address, "" for none."""
    steps = [outcome.step for outcome in outcomes if outcome.step]
    if not steps:
        return ""
    batch = secrets.token_hex(8)
    kept = dict(request.session.get(BATCHES, {}))
    kept[batch] = [[s.kpi_id, s.day.isoformat(), s.change_id, s.value] for s in steps]
    request.session[BATCHES] = dict(list(kept.items())[-MOST_BATCHES:])
    return reverse("kpis:grid_undo", args=[batch])


def _steps(request: SignedInRequest, batch: str) -> list[Step]:
    rows = request.session.get(BATCHES, {}).get(batch, [])
    return [
        Step(kpi_id, dt.date.fromisoformat(day), change_id, value)
        for kpi_id, day, change_id, value in rows
    ]


def _context(request: SignedInRequest, outcomes: Sequence[CellOutcome]) -> dict[str, Any]:
    today, _ = selectors.date_bounds(timezone.now())
    first_weekday = organisation().week_start
    wanted, amount = read_filter(request.GET), read_weeks(request.GET)
    weeks = weeks_up_to(today, amount, first_weekday)
    products = grid_products(request.user, today, wanted)
    page = list_page(products, request, noun="product", size=max(3, PRODUCT_WEEKS // amount))
    rows = grid_rows(
        page.rows,
        request.user,
        today=today,
        wanted=wanted,
        weeks=weeks,
        first_weekday=first_weekday,
    )
    open_ones = {outcome.cell.place: outcome for outcome in outcomes}
    groups = words.grid_groups(page.rows, rows, weeks, today, open_ones)
    heads = words.week_heads(weeks, today)
    return {
        "page": page,
        "groups": groups,
        "heads": heads,
        "weeks": " ".join(week.isoformat() for week in weeks),
        "problems": words.problem_words(outcomes, groups, heads),
        "filters": GridFilterForm(request.GET or None, initial={"weeks": amount}),
        "wanted": wanted,
        "is_filtered": wanted != type(wanted)(),
    }
