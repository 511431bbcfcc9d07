"""The board: the home page, and the same as a CSV."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import user_of
from accounts.selectors import today as local_today
from core.exports import csv_response
from core.formats import count
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from health import presenters
from health.filters import BoardForm, day_of
from health.selectors import Board, board_options, health_series, reading_of

NO_PLACE = {"after": "", "before": ""}


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Answer first: counts, who fell, the picture, the table; all stands in the address."""
    today = local_today(timezone.now())
    form, found = _board(request, today)
    page = found.page(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    summary = found.summary()
    series = health_series([row.pk for row in page.rows], found.as_of)
    context = {
        "form": form,
        "filters": found.filters,
        "summary": presenters.summary_line(summary, found.as_of, today, request.GET),
        "heat": presenters.heat_of(found.tiles(), summary.shown_of(found.filters.status)),
        "rows": presenters.board_rows(
            page.rows, series, found.as_of, mixed=bool(summary.demo_left_out)
        ),
        **presenters.notices(summary, found.as_of, today),
        "pages": _pages(request, page.newer, page.older, summary.shown_of(found.filters.status)),
        "csv_url": f"{reverse('health:board_export')}?{without_empty(request.GET, **NO_PLACE)}",
        "today_url": f"?{without_empty(request.GET, **NO_PLACE, day='')}",
        "may_create": allows("product.create", request.user),
    }
    return _answer(request, context)


@require_safe
def board_export(request: HttpRequest) -> HttpResponse:
    """Everything that the same address shows, in its order."""
    _, found = _board(request, local_today(timezone.now()))
    head, lines = presenters.board_csv(found.rows(), found.as_of)
    return csv_response(f"board {found.as_of}", head, lines)


def _board(request: HttpRequest, today: dt.date) -> tuple[BoardForm, Board]:
    form = BoardForm(request.GET, board_options())
    day = day_of(request.GET, today)
    return form, Board(user_of(request), day, form.filters, reading_of(day, today))


def _pages(request: HttpRequest, newer: str, older: str, found: int) -> dict[str, str]:
    query = request.GET
    return {
        "newer": f"?{without_empty(query, after='', before=newer)}" if newer else "",
        "older": f"?{without_empty(query, after=older, before='')}" if older else "",
        "summary": count(found, "product"),
    }


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the part that htmx asks for."""
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"health/board.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response
