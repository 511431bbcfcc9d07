"""KPIs from templates: several at once, on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import today
from core.toasts import add_toast
from kpis.forms.templates import TemplatesForm
from kpis.presenters.templates import added_words, offer_groups
from kpis.selectors import owners
from kpis.selectors.templates import offers
from kpis.services.templates import OnePlanRefused, add_kpis
from kpis.stages import current_factors
from kpis.views.requests import GET_OR_POST, kpi_crumbs, posted
from portfolio.policies import ProductRequest


@require_http_methods(GET_OR_POST)
def template_list(request: ProductRequest, slug: str) -> HttpResponse:
    """What such products are measured by; what is ticked is added, all of it or nothing."""
    product, day = request.product, today(timezone.now())
    people = list(owners(product))
    form = TemplatesForm(
        posted(request), offers=offers(product, current_factors(), day), people=people
    )
    doubts: list[str] = []
    if request.method == "POST" and form.is_valid():
        doubts = [] if form.cleaned_data["is_sure"] else form.doubts()
        if not doubts and _added(request, form):
            return redirect("kpis:kpi_list", slug)
    status = 422 if form.is_bound else 200
    return render(
        request, "kpis/template_list.html", _context(request, form, doubts), status=status
    )


def _added(request: ProductRequest, form: TemplatesForm) -> bool:
    """Whether all of them are measured now; why not stands in the form."""
    now = timezone.now()
    try:
        added = add_kpis(
            product=request.product, wanted=form.plans(today(now)), by=request.user, now=now
        )
    except OnePlanRefused as error:
        form.refuse(error)
        return False
    add_toast(request, added_words([kpi.metric.name for kpi in added]))
    return True


def _context(request: ProductRequest, form: TemplatesForm, doubts: list[str]) -> dict[str, Any]:
    product = request.product
    groups = offer_groups(form.all_offers)
    return {
        "product": product,
        "stage": product.get_stage_display().lower(),
        "form": form,
        "doubts": doubts,
        "groups": [
            (group, [(line, form.fields_of(line.offer)) for line in group.lines])
            for group in groups
        ],
        "cancel_url": reverse("kpis:kpi_list", args=[product.slug]),
        "crumbs": kpi_crumbs(product, ("Templates", "")),
    }
