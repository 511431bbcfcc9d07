"""The catalogue of metrics."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from core.policies import allows
from core.toasts import add_toast
from kpis import presenters, selectors, services
from kpis.forms import MetricForm
from kpis.models import Metric
from kpis.views.requests import GET_OR_POST, posted


@require_safe
def metric_list(request: SignedInRequest) -> HttpResponse:
    """Every metric by group, and how many products measure it."""
    rows = selectors.metric_list(request.user)
    context = {
        "groups": presenters.metric_groups(rows),
        "total": len(rows),
        "may_create": allows("metric.create", request.user),
    }
    return render(request, "kpis/metric_list.html", context)


@require_safe
def metric_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """What a metric means and who measures it."""
    metric = get_object_or_404(Metric, code=code)
    context = {
        "metric": metric,
        "facts": presenters.metric_page_facts(metric),
        "uses": selectors.metric_uses(metric, request.user),
        "crumbs": _crumbs((metric.name, "")),
        "may_edit": allows("administrator", request.user),
    }
    return render(request, "kpis/metric_detail.html", context)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Metrics", reverse("kpis:metric_list")), *more]


@require_http_methods(GET_OR_POST)
def metric_create(request: SignedInRequest) -> HttpResponse:
    """Add a metric that the built-in ones lack."""
    form = MetricForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            metric = services.create_metric(
                code=form.cleaned_data["code"],
                fields=form.metric_fields(),
                by=request.user,
                now=timezone.now(),
            )
        except IntegrityError:
            # Somebody took the code between the check and the write.
            form.add_error("code", "There is already a metric with this code.")
        else:
            add_toast(request, f"{metric} is in the catalogue.")
            return redirect(metric)
    return _form_page(request, form, "Add a metric", reverse("kpis:metric_list"), "Add metric")


@require_http_methods(GET_OR_POST)
def metric_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a metric everywhere it is used."""
    metric = get_object_or_404(Metric, code=code)
    name, url = metric.name, metric.get_absolute_url()
    form = MetricForm(posted(request), instance=metric)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_metric(
                metric_id=metric.pk,
                fields=form.metric_fields(),
                by=request.user,
                now=timezone.now(),
            )
        except services.BoundsBroken as error:
            form.add_error(None, presenters.broken_bounds_words(error.count))
        else:
            add_toast(request, f"{name} is saved. Health is being worked out.")
            return redirect(url)
    return _form_page(request, form, f"Edit {name}", url, "Save metric")


def _form_page(
    request: SignedInRequest, form: MetricForm, title: str, cancel_url: str, submit: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "form": form,
        "submit_label": submit,
        "cancel_url": cancel_url,
        "crumbs": _crumbs((title, "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)
