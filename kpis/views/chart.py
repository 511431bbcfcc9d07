"""The chart on a KPI's page: the period that the address names, and the same numbers as a CSV."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.exports import csv_response
from core.htmx import without_empty
from core.policies import allows
from core.timeline import Timeline, figure
from kpis import presenters, selectors
from kpis.forms import AskedPeriod, asked_period
from kpis.models import Kpi
from kpis.presenters import Mark
from kpis.selectors import ChartPeriod, Course, KpiRow, Segments
from kpis.views.requests import find_kpi
from portfolio.policies import ProductRequest
from portfolio.selectors import releases_of

_NO_DAYS = {"from": "", "to": ""}
_MOST_RELEASES = 30


def chart_context(request: ProductRequest, kpi: Kpi, row: KpiRow) -> dict[str, Any]:
    """Everything that the chart of a KPI says; only what is wrong where it can't be drawn."""
    asked = asked_period(request.GET, row.as_of, row.first_day)
    has_segments = _has_segments(request)
    context = {
        "asked": asked,
        "today": row.as_of,
        "has_segments": has_segments,
        "periods": [
            (label, f"?{without_empty(request.GET, weeks=key, **_NO_DAYS)}", _is_on(asked, key))
            for key, label in presenters.PERIODS
        ],
        "segments_url": f"?{without_empty(request.GET, segments='' if has_segments else '1')}",
    }
    if asked.period is None:
        return context
    timeline, marks, found, segments = _drawn(request, row, asked.period)
    query = {"kpi": kpi.pk, "day": asked.period.last.isoformat()}
    export = reverse("kpis:chart_export", args=[request.product.slug, kpi.pk])
    return context | {
        "figure": figure(timeline),
        "marks": presenters.numbered(marks, row.as_of),
        "remarks": presenters.chart_remarks(found, segments),
        "csv_url": f"{export}?{without_empty(request.GET, before='', segment='')}".rstrip("?"),
        "annotate_url": reverse("kpis:annotation_create", args=[request.product.slug], query=query)
        if allows("product.edit", request.user, request.product)
        else "",
    }


def _is_on(asked: AskedPeriod, key: str) -> bool:
    return asked.period is not None and asked.period.key == key


def _has_segments(request: ProductRequest) -> bool:
    return request.GET.get("segments") == "1"


def _drawn(
    request: ProductRequest, row: KpiRow, period: ChartPeriod
) -> tuple[Timeline, list[Mark], Course, Segments | None]:
    kpi, product = row.kpi, request.product
    turns = selectors.turns_of(kpi, period)
    breaks = [turn.day for turn in turns.definitions]
    releases = releases_of(product, request.user, row.as_of).out(period.last)
    marks = presenters.marks_of(
        row,
        annotations=selectors.annotations_between(kpi, period.first, period.last),
        releases=releases.filter(day__gte=period.first).newest_first()[:_MOST_RELEASES],
        turns=turns,
    )
    found = selectors.course(kpi, period, breaks)
    segments = None
    if _has_segments(request):
        segments = selectors.segments_over(kpi, period, found, breaks)
    return (
        presenters.chart_timeline(row, period, found, segments, marks), marks, found, segments,
    )  # fmt: skip


@require_safe
def chart_export(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """The numbers of the chart as a CSV; no file for days that can't be read."""
    kpi = find_kpi(request, kpi_id)
    day, _ = selectors.date_bounds(timezone.now())
    row = selectors.kpi_row(kpi, day)
    row.kpi.product = request.product
    asked = asked_period(request.GET, day, row.first_day)
    if asked.period is None:
        problem = asked.problem or asked.first_problem or asked.last_problem
        return HttpResponse(f"{problem}\n", status=422, content_type="text/plain; charset=utf-8")
    timeline, _, _, _ = _drawn(request, row, asked.period)
    head, lines = presenters.chart_csv(timeline)
    return csv_response(f"{slug} {kpi.metric.code} {_days(asked.period)}", head, lines)


def _days(period: ChartPeriod) -> str:
    first: dt.date = period.first
    return f"{first} {period.last}"
