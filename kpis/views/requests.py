"""What a request carries once the policy middleware has let it through, and what pages share."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.forms import clean_text
from kpis import presenters, selectors, services
from kpis.models import Kpi
from portfolio.models import Product
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only shown, however little was sent."""
    return request.POST if request.method == "POST" else None


def find_kpi(request: ProductRequest, kpi_id: int) -> Kpi:
    """A KPI of the product on show, the product at hand.

    Raises:
        Http404: there is none, or it is another product's.
    """
    kpis = Kpi.objects.select_related("metric", "owner").filter(product=request.product)
    kpi: Kpi = get_object_or_404(kpis, pk=kpi_id)
    kpi.product = request.product
    return kpi


def segment_of(request: HttpRequest) -> str:
    """The segment that the address names; empty means everyone."""
    return clean_text(request.GET.get("segment", ""))[:80]


def day_in(request: HttpRequest, name: str) -> dt.date | None:
    """A day in the address; None where there is none that can be read."""
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def kpi_crumbs(product: Product, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the catalogue to a page under the product's KPIs."""
    return [
        ("Products", reverse("portfolio:product_list")),
        (product.name, product.get_absolute_url()),
        ("KPIs", reverse("kpis:kpi_list", args=[product.slug])),
        *more,
    ]


def undo_of(entry: services.Entry, result: services.Recorded) -> str:
    """What takes a value back: deleting a new one, restoring what it replaced.

    Empty where nothing changed: the newest change would be somebody's earlier one.
    """
    kpi, value, before = entry.kpi, entry.value, result.before
    if result.created or before is None:
        return presenters.value_address("kpis:measurement_delete", kpi, value.date, value.segment)
    standing = (before.value, before.sample_size, before.note)
    if standing == (value.value, value.sample_size, value.note):
        return ""
    change = selectors.value_history(kpi, value.date, value.segment)[0]
    return reverse("kpis:measurement_put_back", args=[kpi.product.slug, kpi.pk, change.pk])
