"""Single values of a KPI: enter, correct, delete, take back, download."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.exports import csv_response
from core.htmx import swaps
from core.toasts import add_toast
from kpis import presenters, selectors, services
from kpis.forms import CorrectionForm, MeasurementForm
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.rules import DateOutOfBounds, ValueOutOfBounds
from kpis.services import Value
from kpis.views.kpis import render_kpi
from kpis.views.requests import GET_OR_POST, find_kpi, kpi_crumbs, posted, segment_of, undo_of
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def measurement_create(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Record one value, in the KPI's page or on a page of its own."""
    kpi = find_kpi(request, kpi_id)
    day, bounds = selectors.date_bounds(timezone.now())
    form = MeasurementForm(posted(request), kpi=kpi, bounds=bounds, initial={"date": day})
    if request.method == "POST" and form.is_valid() and _record(request, kpi, form.entered()):
        return _after_change(request, kpi)
    if request.method == "POST" and swaps(request, "kpi"):
        return render_kpi(request, kpi, form=form, status=422)
    context = {
        "title": f"Record {kpi.metric}",
        "form": form,
        "submit_label": "Save value",
        **_form_context(request, kpi, "Record"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


def _record(request: ProductRequest, kpi: Kpi, value: Value) -> bool:
    """Save a value and say so; False, with the reason in a toast, where it can't be."""
    try:
        result = services.record_measurement(
            kpi=kpi,
            date=value.date,
            value=value.value,
            segment=value.segment,
            sample_size=value.sample_size,
            note=value.note,
            by=request.user,
            now=timezone.now(),
        )
    except (ValueOutOfBounds, DateOutOfBounds) as error:
        add_toast(request, f"Not saved. {error}", level=messages.ERROR)
        return False
    add_toast(
        request,
        presenters.saved_words(
            kpi,
            value.value,
            presenters.place_words(value.date, value.segment),
            created=result.created,
        ),
        undo_url=undo_of(services.Entry(kpi, value), result),
    )
    return True


def _after_change(request: ProductRequest, kpi: Kpi) -> HttpResponse:
    """The KPI as it stands now: swapped in, with its own address above it, or its page."""
    if swaps(request, "kpi"):
        response = render_kpi(request, kpi)
        response["HX-Push-Url"] = kpi.get_absolute_url()
        return response
    return redirect(kpi)


def _form_context(request: ProductRequest, kpi: Kpi, last: str) -> dict[str, Any]:
    crumbs = kpi_crumbs(request.product, (kpi.metric.name, kpi.get_absolute_url()), (last, ""))
    return {"kpi": kpi, "cancel_url": kpi.get_absolute_url(), "crumbs": crumbs}


@require_http_methods(GET_OR_POST)
def measurement_edit(request: ProductRequest, slug: str, kpi_id: int, day: dt.date) -> HttpResponse:
    """Correct a value: a row of the table turns into a form, or a page of its own."""
    kpi = find_kpi(request, kpi_id)
    entry = _find_value(kpi, day, segment_of(request))
    initial = {"value": entry.value, "sample_size": entry.sample_size}
    form = CorrectionForm(posted(request), kpi=kpi, initial={**initial, "note": entry.note})
    value = form.as_value(day, entry.segment) if form.is_bound and form.is_valid() else None
    if value is not None and _record(request, kpi, value):
        return _after_change(request, kpi)
    context = {
        "title": f"Correct {kpi.metric}",
        "form": form,
        "row_id": presenters.row_id(day, entry.segment),
        "place": presenters.place_words(day, entry.segment),
        "edit_url": presenters.value_address("kpis:measurement_edit", kpi, day, entry.segment),
        "history": presenters.change_lines(
            kpi, selectors.value_history(kpi, day, entry.segment), day
        ),
        **_form_context(request, kpi, "Correct"),
    }
    return _edit_answer(request, context, status=422 if form.is_bound else 200)


def _edit_answer(request: ProductRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    """The row alone for htmx; a row that is refused goes back to its own place."""
    part = "#row" if swaps(request, "kpi", context["row_id"]) else ""
    response = render(request, f"kpis/measurement_form.html{part}", context, status=status)
    if part and status != 200:
        response["HX-Retarget"] = f"#{context['row_id']}"
        response["HX-Reswap"] = "outerHTML"
    return response


def _find_value(kpi: Kpi, day: dt.date, segment: str) -> Measurement:
    values = Measurement.objects.filter(kpi_id=kpi.pk, date=day, segment=segment)
    return get_object_or_404(values)


@require_http_methods(GET_OR_POST)
def measurement_delete(
    request: ProductRequest, slug: str, kpi_id: int, day: dt.date
) -> HttpResponse:
    """Delete a value; the toast's Undo puts it back."""
    kpi = find_kpi(request, kpi_id)
    segment = segment_of(request)
    entry = _find_value(kpi, day, segment)
    place = presenters.place_words(day, segment)
    if request.method == "POST":
        change_id = services.delete_measurement(
            kpi=kpi, date=day, segment=segment, by=request.user, now=timezone.now()
        )
        undo_url = reverse("kpis:measurement_put_back", args=[slug, kpi.pk, change_id])
        add_toast(request, f"The value for {place} is deleted.", undo_url=undo_url)
        return _after_change(request, kpi)
    context = {
        "title": f"Delete the value for {place}",
        "lede": f"{presenters.exact(entry.value, kpi.metric.unit)}. It stays in the history, "
        "and you can put it back.",
        "confirm_label": "Delete value",
        **_form_context(request, kpi, "Delete a value"),
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def measurement_put_back(
    request: ProductRequest, slug: str, kpi_id: int, change_id: int
) -> HttpResponse:
    """Undo a correction or a deletion."""
    kpi = find_kpi(request, kpi_id)
    try:
        entry = services.put_back(kpi=kpi, change_id=change_id, by=request.user, now=timezone.now())
    except MeasurementChange.DoesNotExist:
        raise Http404("No such change.") from None
    except (services.PutBackRefused, ValueOutOfBounds, DateOutOfBounds) as error:
        add_toast(request, f"Not put back. {error}", level=messages.ERROR)
    else:
        words = presenters.exact(entry.value, kpi.metric.unit)
        place = presenters.place_words(entry.date, entry.segment)
        add_toast(request, f"{words} stands again for {place}.")
    return _after_change(request, kpi)


@require_safe
def measurement_export(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Every value of the KPI as a CSV."""
    kpi = find_kpi(request, kpi_id)
    lines = presenters.csv_lines(selectors.all_measurements(kpi))
    return csv_response(f"{slug} {kpi.metric.code}", presenters.CSV_HEAD, lines)
