"""The weeks, and the mails of one of them."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.forms import clean_text
from core.htmx import address_to_push, swaps
from core.paging import list_page
from digests.enums import Told
from digests.presenters.operating import weeks as words
from digests.selectors import deliveries
from digests.selectors.deliveries import Wanted
from digests.views.operating.frame import frame
from stakeholders.enums import Plan

WEEKS_SHOWN = 12
SHOWN = 50
LONGEST_SEARCH = 200


@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """How sending stands; every week in numbers, the newest first."""
    page = list_page(deliveries.weeks_with_deliveries(), request, noun="week", size=WEEKS_SHOWN)
    context = {
        **frame(),
        "page": page,
        "lines": words.week_lines(deliveries.counts_of(page.rows)),
        "groups": [label for label, _ in words.GROUPS],
    }
    return render(request, "digests/delivery_list.html", context)


@require_safe
def delivery_week(request: HttpRequest, week: dt.date) -> HttpResponse:
    """One week by state and form, and its mails, filtered."""
    wanted = _wanted(request)
    rows = deliveries.deliveries_of(week, wanted)
    page = list_page(rows, request, noun="person", plural="people", size=SHOWN)
    context = {
        "page": page,
        "lines": words.delivery_lines(page.rows),
        "wanted": wanted,
        "is_filtered": wanted != Wanted(),
        "states": Told.choices,
        "plans": Plan.choices,
    }
    if swaps(request, "results"):
        response = render(request, "digests/delivery_week.html#results", context)
        response["HX-Push-Url"] = address_to_push(request)
        return response
    context |= {
        **frame((words.week_name(week), "")),
        "title": words.week_name(week),
        "rows": words.state_rows(week, deliveries.counts_of([week])[week]),
        "forms": [label for _, label in words.FORMS],
    }
    return render(request, "digests/delivery_week.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    state, plan = request.GET.get("state", ""), request.GET.get("plan", "")
    return Wanted(
        state=state if state in Told.values else "",
        plan=plan if plan in Plan.values else "",
        text=clean_text(request.GET.get("q", ""))[:LONGEST_SEARCH],
    )
