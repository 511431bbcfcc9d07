"""The page of the week: one day, all KPIs of a product, what stays empty is skipped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from kpis import presenters, selectors, services
from kpis.forms import RecordForm
from kpis.rules import DateBounds, DateOutOfBounds, ValueOutOfBounds
from kpis.selectors import KpiRow
from kpis.views.requests import GET_OR_POST, day_in, kpi_crumbs, posted, undo_of
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def record(request: ProductRequest, slug: str) -> HttpResponse:
    """All or nothing: one wrong number saves none, and everything typed stays."""
    today, bounds = selectors.date_bounds(timezone.now())
    rows = selectors.kpi_rows(request.product, today)
    wanted = _wanted_day(request, today, bounds)
    form = RecordForm(posted(request), rows=rows, bounds=bounds, initial={"date": wanted})
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form)
        if saved:
            undo_url = undo_of(*saved[0]) if len(saved) == 1 else ""
            add_toast(request, presenters.recorded_words(len(saved)), undo_url=undo_url)
            # Where its health is: the page follows the worker until the new one stands there.
            return redirect(request.product)
    context = _context(request, form, rows, today=today, bounds=bounds)
    status = 422 if form.is_bound else 200
    return render(request, "kpis/record.html", context, status=status)


def _wanted_day(request: ProductRequest, today: dt.date, bounds: DateBounds) -> dt.date:
    """The day in the address where values may lie on it, else today."""
    wanted = day_in(request, "date")
    return wanted if wanted is not None and bounds.first <= wanted <= bounds.last else today


def _save(
    request: ProductRequest, form: RecordForm
) -> list[tuple[services.Entry, services.Recorded]]:
    """What was saved; nothing, with the reason in the form, where it could not be."""
    entries = [services.Entry(kpi, value) for kpi, value in form.filled()]
    try:
        results = services.record_many(entries=entries, by=request.user, now=timezone.now())
    except (ValueOutOfBounds, DateOutOfBounds) as error:
        # The metric or the organisation was changed while the form was open.
        form.add_error(None, str(error))
        return []
    return list(zip(entries, results, strict=True))


def _context(
    request: ProductRequest,
    form: RecordForm,
    rows: list[KpiRow],
    *,
    today: dt.date,
    bounds: DateBounds,
) -> dict[str, Any]:
    day = form.shown_day(today)
    standing = selectors.values_on(rows, day)
    return {
        "product": request.product,
        "form": form,
        "day": day,
        "lines": [
            (line, presenters.record_hint(line.row, standing.get(line.row.kpi.pk), day))
            for line in form.lines()
        ],
        "days": presenters.quick_days(today, bounds, day),
        "cancel_url": reverse("kpis:kpi_list", args=[request.product.slug]),
        "crumbs": kpi_crumbs(request.product, ("Record figures", "")),
    }
