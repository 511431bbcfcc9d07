"""The terms of a KPI: exemptions, weights of segments."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from kpis import presenters, selectors, services
from kpis.forms import ExemptionForm, SegmentWeightsForm
from kpis.models import Exemption
from kpis.views.requests import GET_OR_POST, find_kpi, kpi_crumbs, posted
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def exemption_create(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """Leave the KPI out of health for some days."""
    kpi = find_kpi(request, kpi_id)
    form = ExemptionForm(
        posted(request),
        product=request.product,
        initial={"approver": request.user.pk},
        instance=Exemption(kpi=kpi, created_at=timezone.now()),
    )
    if request.method == "POST" and form.is_valid():
        services.grant_exemption(kpi=kpi, by=request.user, now=timezone.now(), **form.cleaned_data)
        add_toast(request, f"{kpi.metric} is exempt on these days. Health is being worked out.")
        return redirect(kpi)
    context = {
        "title": f"Exempt {kpi.metric}",
        "lede": "On these days it counts neither for nor against the product. "
        "The page of the product says so, with your reason.",
        "form": form,
        "submit_label": "Exempt it",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), ("Exempt", "")
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


@require_http_methods(GET_OR_POST)
def exemption_end(
    request: ProductRequest, slug: str, kpi_id: int, exemption_id: int
) -> HttpResponse:
    """Let the KPI count again from today on."""
    kpi = find_kpi(request, kpi_id)
    exemption = get_object_or_404(kpi.exemptions, pk=exemption_id)
    exemption.kpi = kpi
    if request.method == "POST":
        services.end_exemption(exemption=exemption, by=request.user, now=timezone.now())
        add_toast(request, f"{kpi.metric} counts again. Health is being worked out.")
        return redirect(kpi)
    context = {
        "title": f"End the exemption of {kpi.metric}",
        "lede": f"{exemption.reason} It counts again from today on.",
        "confirm_label": "End it",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), ("End exemption", "")
        ),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(GET_OR_POST)
def segment_weights(request: ProductRequest, slug: str, kpi_id: int) -> HttpResponse:
    """How much each segment counts where a day has no value for everyone."""
    kpi = find_kpi(request, kpi_id)
    segments = selectors.segments_of(kpi)
    standing = selectors.weights_of(kpi)
    form = SegmentWeightsForm(posted(request), segments=segments)
    form.initial = {field: standing.get(name, 1.0) for field, name in form.names.items()}
    if request.method == "POST" and form.is_valid():
        services.set_segment_weight(
            kpi=kpi, weights=form.weights(), by=request.user, now=timezone.now()
        )
        add_toast(request, f"The weights of {kpi.metric} are saved. Health is being worked out.")
        return redirect(kpi)
    context = {
        "title": f"Segments of {kpi.metric}",
        "lede": presenters.segment_words(kpi),
        "form": form,
        "submit_label": "Save weights",
        "cancel_url": kpi.get_absolute_url(),
        "crumbs": kpi_crumbs(
            request.product, (kpi.metric.name, kpi.get_absolute_url()), ("Segments", "")
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)
