"""The board: the home page, and the same as a CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import user_of
from accounts.selectors import today as local_today
from core.as_of import WITH, AsOf, asked_day, newest_numbers, refusal
from core.exports import csv_response
from core.formats import count, short_day
from core.htmx import address_to_push, swaps, without_empty
from core.kept import kept_page
from core.policies import allows
from health import presenters
from health.filters import BoardForm
from health.selectors import WEEK, Board, board_options, health_series, reading_of
from health.views.start import board_steps
from portfolio.columns import ListColumn
from portfolio.models import SavedView
from portfolio.presenters.views import list_tools
from portfolio.selectors.views import bookmarks_of, default_address, view_named
from portfolio.viewing import VIEW, ViewPage, known_page

NO_PLACE = {"after": "", "before": ""}
# What of an address does not change what a list holds.
NOT_SHOWN = {**NO_PLACE, "view": "", "all": ""}


@require_safe
@kept_page
def board(request: HttpRequest) -> HttpResponse:
    """Answer first: counts, who fell, the picture, the table; all stands in the address."""
    user, page = user_of(request), known_page("board")
    if not request.GET and (address := default_address(user, page)):
        return redirect(address)
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
        "columns": _columns(request),
        "tools": list_tools(page, request.GET, named_view(request, page), user),
    }
    if when.problem:
        return _answer(request, context, status=422)
    return _answer(request, context | _shown(request, _board(request, form, when), when))


def _shown(request: HttpRequest, found: Board, when: AsOf) -> dict[str, Any]:
    """What the board says of the day."""
    look = found.look(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    page, summary = look.page, look.summary
    columns = _columns(request)
    drawn = any(column.key == presenters.LINE for column in columns)
    series = health_series([row.pk for row in page.rows], when.day) if drawn else {}
    mixed = bool(summary.demo_left_out)
    kept = bookmarks_of(user_of(request))
    shown = summary.shown_of(found.filters.status)
    return {
        **board_steps(request, summary.counts),
        "summary": presenters.summary_line(summary, when, request.GET),
        "heat": presenters.heat_of(look.tiles, shown, when),
        "rows": presenters.board_rows(page.rows, series, when, columns, mixed=mixed, kept=kept),
        **newest_numbers(summary.newest, when),
        **_last_week(request, when),
        "pages": page_links(request, page.newer, page.older, shown),
        "csv_url": f"{reverse('health:board_export')}?{without_empty(request.GET, **NOT_SHOWN)}",
    }


@require_safe
def board_export(request: HttpRequest) -> HttpResponse:
    """Everything that the same address shows, in its order."""
    when = asked_day(request.GET, local_today(timezone.now()))
    if when.problem:
        return refusal(when)
    found = _board(request, BoardForm(request.GET, board_options()), when)
    head, lines = presenters.board_csv(found.rows(), when, _columns(request))
    return csv_response(f"board {when.day}", head, lines)


def _board(request: HttpRequest, form: BoardForm, when: AsOf) -> Board:
    return Board(user_of(request), when.day, form.filters, reading_of(when.day, when.today))


def _columns(request: HttpRequest) -> tuple[ListColumn, ...]:
    return presenters.board_columns(request.GET.get("columns", ""))


def _compare_url(request: HttpRequest) -> str:
    """The same filters and day, beside another one."""
    query = without_empty(request.GET, **NOT_SHOWN, sort="", columns="")
    return f"{reverse('health:compare')}?{query}"


def _last_week(request: HttpRequest, when: AsOf) -> dict[str, str]:
    """The way to what moved in the week before the day on show."""
    earlier = when.day - WEEK
    kept = {**NOT_SHOWN, "sort": "", "columns": "", WITH: earlier.isoformat()}
    return {
        "week_ago": short_day(earlier, when.today),
        "week_url": f"{reverse('health:compare')}?{without_empty(request.GET, **kept)}",
    }


def named_view(request: HttpRequest, page: ViewPage) -> SavedView | None:
    """The view that the address names."""
    typed = request.GET.get(VIEW, "")
    return view_named(user_of(request), page, typed) if typed else None


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
