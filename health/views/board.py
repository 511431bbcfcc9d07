"""The board: the home page, and the same as a CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import user_of
from accounts.selectors import today as local_today
from core.as_of import AsOf, asked_day, newest_numbers, refusal
from core.exports import csv_response
from core.formats import count
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from health import presenters
from health.filters import BoardForm
from health.selectors import Board, board_options, health_series, reading_of

NO_PLACE = {"after": "", "before": ""}


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Answer first: counts, who fell, the picture, the table; all stands in the address."""
    # A form sends its empty fields too; links on the page and its address go without them.
    request.GET = QueryDict(without_empty(request.GET))
    when = asked_day(request.GET, local_today(timezone.now()))
    form = BoardForm(request.GET, board_options())
    context: dict[str, Any] = {
        "form": form,
        "filters": form.filters,
        "when": when,
        "problem": when.problem,
        "may_create": allows("product.create", request.user),
        "compare_url": _compare_url(request),
    }
    if when.problem:
        return _answer(request, context, status=422)
    return _answer(request, context | _shown(request, _board(request, form, when), when))


def _shown(request: HttpRequest, found: Board, when: AsOf) -> dict[str, Any]:
    """What the board says of the day."""
    page = found.page(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    summary = found.summary()
    series = health_series([row.pk for row in page.rows], when.day)
    shown = summary.shown_of(found.filters.status)
    return {
        "summary": presenters.summary_line(summary, when, request.GET),
        "heat": presenters.heat_of(found.tiles(), shown, when),
        "rows": presenters.board_rows(page.rows, series, when, mixed=bool(summary.demo_left_out)),
        **newest_numbers(summary.newest, when),
        "pages": page_links(request, page.newer, page.older, shown),
        "csv_url": f"{reverse('health:board_export')}?{without_empty(request.GET, **NO_PLACE)}",
    }


@require_safe
def board_export(request: HttpRequest) -> HttpResponse:
    """Everything that the same address shows, in its order."""
    when = asked_day(request.GET, local_today(timezone.now()))
    if when.problem:
        return refusal(when)
    found = _board(request, BoardForm(request.GET, board_options()), when)
    head, lines = presenters.board_csv(found.rows(), when.day)
    return csv_response(f"board {when.day}", head, lines)


def _board(request: HttpRequest, form: BoardForm, when: AsOf) -> Board:
    return Board(user_of(request), when.day, form.filters, reading_of(when.day, when.today))


def _compare_url(request: HttpRequest) -> str:
    """The same filters and day, beside another one."""
    return f"{reverse('health:compare')}?{without_empty(request.GET, **NO_PLACE, sort='')}"


def page_links(request: HttpRequest, newer: str, older: str, found: int) -> dict[str, str]:
    """Addresses of the pages around, and how many products there are in all."""
    query = request.GET
    return {
        "newer": f"?{without_empty(query, after='', before=newer)}" if newer else "",
        "older": f"?{without_empty(query, after=older, before='')}" if older else "",
        "summary": count(found, "product"),
    }


def _answer(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The whole page, or the part that htmx asks for."""
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"health/board.html{part}", context, status=status)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response
