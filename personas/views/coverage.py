"""The coverage matrix: its filters, its open cell and its CSV all stand in the address."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from accounts.viewers import house_currency
from core.as_of import AsOf
from core.exports import csv_response
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from personas import presenters as words
from personas import selectors
from personas.filters import CoverageForm
from personas.forms import FitForm
from personas.models import Fit
from portfolio.columns import cells_of, registered

STATUS = "status"  # the column of the catalogue that tells it
CELL = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@require_safe
def coverage(request: SignedInRequest) -> HttpResponse:
    """Which goals nobody serves, which two products serve twice; filters and the open cell stand
    in the address.
    """
    request.GET = QueryDict(without_empty(request.GET))
    day = today(timezone.now())
    if swaps(request, "evidence"):
        context = _cell_context(request, day)
        response = render(request, "personas/coverage.html#evidence", context)
        response["HX-Push-Url"] = address_to_push(request)
        return response
    return render_coverage(request, day)


def render_coverage(
    request: SignedInRequest, day: dt.date, form: FitForm | None = None, status: int = 200
) -> HttpResponse:
    """The matrix as the address says; `form` is the one in the open cell, where it was refused."""
    goals = selectors.all_goals(day)
    filter_form = CoverageForm(request.GET, goals.options)
    found = selectors.coverage(request.user, filter_form.filters, goals, day)
    query = without_empty(request.GET, cell="")
    is_swap = swaps(request, "results")
    context = {
        "filter_form": filter_form,
        "heads": words.heads(found.products, _statuses(found.products, day)),
        "rows": words.rows(found, query, house_currency(request.user)),
        "gaps": words.gaps(found),
        "first_gaps": words.FIRST_GAPS,
        "rest_of_gaps": f"{words.FIRST_GAPS}:",
        "summary": words.summary(found),
        "left_out": words.left_out(found),
        "csv_url": f"{reverse('personas:coverage_export')}?{query}".rstrip("?"),
        "is_narrowed": bool(query),
        "may_edit": not found.rows and allows("persona.edit", request.user),
        "is_swap": is_swap,
        **_cell_context(request, day, form),
    }
    part = "#results" if is_swap else ""
    response = render(request, f"personas/coverage.html{part}", context, status=status)
    if is_swap:
        response["HX-Push-Url"] = f"{reverse('personas:coverage')}?{request.GET.urlencode()}"
        response["HX-Push-Url"] = response["HX-Push-Url"].rstrip("?")
    return response


def _statuses(products: list[Any], day: dt.date) -> dict[int, str]:
    """Status keys by product, as far as an upper app tells them in its column of the catalogue."""
    keys = [column.key for column in registered()]
    if STATUS not in keys:
        return {}
    cells = cells_of([product.pk for product in products], AsOf(day, day))
    return {pk: str(row[keys.index(STATUS)].data or "unknown") for pk, row in cells.items()}


def _cell_context(
    request: SignedInRequest, day: dt.date, form: FitForm | None = None
) -> dict[str, Any]:
    """What the open cell says, with the form for whoever may edit the product."""
    named = CELL.fullmatch(request.GET.get("cell", ""))
    place = (int(named[1]), int(named[2])) if named else None
    opened = selectors.open_cell(request.user, *place, day) if place else None
    query = without_empty(request.GET, cell="")
    closed_url = f"{reverse('personas:coverage')}?{query}".rstrip("?")
    if opened is None:
        return {"cell": None, "form": None, "closed_url": closed_url}
    if form is None and allows("product.edit", request.user, opened.product):
        form = FitForm(None, today=day, initial=fit_initial(opened.fit, day))
    action = reverse("personas:fit_edit", args=[opened.product.slug, opened.goal.pk])
    return {
        "cell": words.cell(opened, day),
        "form": form,
        "action": f"{action}?{request.GET.urlencode()}",
        "closed_url": closed_url,
    }


def fit_initial(fit: Fit | None, day: dt.date) -> dict[str, Any]:
    """What the form shows of a judgement; `day` stands there where there is none yet."""
    if fit is None:
        return {"version": 0, "level": "", "judged_on": day}
    return {
        "version": fit.version,
        "level": fit.level,
        "evidence": fit.evidence,
        "judged_on": fit.judged_on,
    }


@require_safe
def coverage_export(request: SignedInRequest) -> HttpResponse:
    """Everything that the same address finds: a line a judgement."""
    day = today(timezone.now())
    goals = selectors.all_goals(day)
    filters = CoverageForm(request.GET, goals.options).filters
    found = selectors.coverage(request.user, filters, goals, day, most=None)
    return csv_response("coverage", words.COVERAGE_HEAD, words.coverage_rows(found))
