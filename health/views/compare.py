"""Two days of the board beside each other, and the same as a CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import user_of
from accounts.selectors import today as local_today
from core.as_of import AsOf, asked_day, other_day, refusal
from core.exports import csv_response
from core.htmx import address_to_push, swaps, without_empty
from health import presenters
from health.filters import BoardForm
from health.selectors import (
    MOVED_SORTS,
    TREND_DAYS,
    Comparison,
    DayRows,
    board_options,
    reading_of,
)
from health.views.board import NOT_SHOWN, named_view, page_links
from portfolio.presenters.views import list_tools
from portfolio.selectors.views import default_address
from portfolio.viewing import known_page


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What moved between two days: counts by status, then every product, the largest fall first."""
    user, kept = user_of(request), known_page("compare")
    if not request.GET and (address := default_address(user, kept)):
        return redirect(address)
    request.GET = QueryDict(without_empty(request.GET))
    when, other = _days(request)
    form = BoardForm(request.GET, board_options(), MOVED_SORTS, "change")
    context: dict[str, Any] = {
        "form": form,
        "filters": form.filters,
        "when": when,
        "other": other,
        "problem": when.problem or other.problem,
        "tools": list_tools(kept, request.GET, named_view(request, kept), user),
        "crumbs": [("Board", reverse("health:board")), ("Compare", "")],
    }
    if not context["problem"]:
        context |= _shown(request, _comparison(request, form, when, other), when, other)
    part = "#results" if swaps(request, "results") else ""
    status = 422 if context["problem"] else 200
    response = render(request, f"health/compare.html{part}", context, status=status)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


def _shown(request: HttpRequest, found: Comparison, when: AsOf, other: AsOf) -> dict[str, Any]:
    query = request.GET
    page = found.page(after=query.get("after", ""), before=query.get("before", ""))
    summary = found.summary()
    mixed = bool(summary.demo_left_out)
    reasons = found.explained([row.pk for row in page.rows], when.today)
    shown = summary.shown_of(found.filters.status)
    csv_query = without_empty(query, **NOT_SHOWN)
    return {
        "summary": presenters.comparison_summary(summary, when, other, query),
        "rows": presenters.moved_lines(page.rows, reasons, when, other, mixed=mixed),
        "pages": page_links(request, page.newer, page.older, shown),
        "csv_url": f"{reverse('health:compare_export')}?{csv_query}",
    }


@require_safe
def compare_export(request: HttpRequest) -> HttpResponse:
    """Every product that the same address compares, in its order."""
    when, other = _days(request)
    if when.problem or other.problem:
        return refusal(when if when.problem else other)
    form = BoardForm(request.GET, board_options(), MOVED_SORTS, "change")
    found = _comparison(request, form, when, other)
    rows = found.rows()
    reasons = found.explained([row.pk for row in rows], when.today)
    head, lines = presenters.comparison_csv(rows, reasons, when, other)
    return csv_response(f"compare {other.day} {when.day}", head, lines)


def _days(request: HttpRequest) -> tuple[AsOf, AsOf]:
    """The later and the earlier day; 28 days apart where the address names only one."""
    when = asked_day(request.GET, local_today(timezone.now()))
    default = when.day - TREND_DAYS
    other = other_day(request.GET, when, default)
    return when, other or AsOf(default, when.today)


def _comparison(request: HttpRequest, form: BoardForm, when: AsOf, other: AsOf) -> Comparison:
    later = DayRows(when.day, reading_of(when.day, when.today))
    earlier = DayRows(other.day, reading_of(other.day, when.today))
    return Comparison(user_of(request), later, earlier, form.filters)
