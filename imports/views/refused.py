"""What an import did not take, as a page and as a CSV."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.exports import csv_stream
from core.formats import count
from core.forms import clean_text
from core.htmx import without_empty
from imports import presenters, selectors
from imports.policies import ImportRequest
from imports.views.requests import run_crumbs

LONGEST_REASON = 300
LONGEST_SERIES = 40


@require_safe
def run_refused(request: ImportRequest, run_id: int) -> HttpResponse:
    """Every refused value by line, narrowed to a reason or a metric."""
    run = request.import_run
    reason = clean_text(request.GET.get("reason", ""))[:LONGEST_REASON]
    series = clean_text(request.GET.get("series", ""))[:LONGEST_SERIES]
    after = _key(request.GET.get("after", ""))
    page = selectors.refused_page(run, after=after, reason=reason, series=series)
    url = reverse("imports:run_refused", args=[run.pk])
    filters = presenters.refused_filters(
        selectors.refused_totals(run),
        series=series,
        reason=reason,
        labels=presenters.series_labels(run.kind),
    )
    context = {
        "run": run,
        "rows": page.rows,
        "filters": filters,
        "words": f"{count(filters.shown, 'value')}.".capitalize(),
        "is_narrowed": bool(reason or series),
        "was_refused": presenters.was_refused(run),
        "older_url": f"{url}?{without_empty(request.GET, after=str(page.next_after))}"
        if page.next_after else "",
        "newer_url": f"{url}?{without_empty(request.GET, after='')}".rstrip("?") if after else "",
        "crumbs": run_crumbs(run, ("Refused", "")),
    }  # fmt: skip
    return render(request, "imports/run_refused.html", context)


@require_safe
def run_refused_export(request: ImportRequest, run_id: int) -> HttpResponseBase:
    """All of them as a CSV: line, column, text, reason."""
    run = request.import_run
    lines = presenters.refused_lines(selectors.refused_rows(run))
    return csv_stream(f"{run.file_name} refused", presenters.REFUSED_HEAD, lines)


def _key(text: str) -> int | None:
    """The place that the address names; None: the first page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
