"""The catalogue of products, as a page and as a CSV."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.exports import csv_response
from core.formats import count
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from portfolio.columns import registered
from portfolio.filters import CatalogueForm
from portfolio.presenters import catalogue_csv, catalogue_rows
from portfolio.selectors import PagePosition, catalogue, catalogue_all, filter_options


@require_safe
def product_list(request: SignedInRequest) -> HttpResponse:
    """Search, filters, sort and place in the list all stand in the address."""
    # A form sends its empty fields too; links on the page and its address go without them.
    request.GET = QueryDict(without_empty(request.GET))
    form = CatalogueForm(request.GET, filter_options(request.user))
    filters = form.filters
    position = PagePosition(request.GET.get("after", ""), request.GET.get("before", ""))
    page = catalogue(request.user, filters, position)
    query, export = request.GET, reverse("portfolio:product_export")
    context = {
        "form": form,
        "filters": filters,
        "columns": registered(),
        "rows": catalogue_rows(page.products, today(timezone.now())),
        "total": count(page.total, "product"),
        "newer_url": _page_url(request, before=page.newer),
        "older_url": _page_url(request, after=page.older),
        "csv_url": f"{export}?{without_empty(query, after='', before='')}",
        "may_create": allows("product.create", request.user),
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"portfolio/product_list.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


@require_safe
def product_export(request: SignedInRequest) -> HttpResponse:
    """Everything that the same address finds, with the columns of the page."""
    filters = CatalogueForm(request.GET, filter_options(request.user)).filters
    products = catalogue_all(request.user, filters)
    head, lines = catalogue_csv(catalogue_rows(products, today(timezone.now())))
    return csv_response("products", head, lines)


def _page_url(request: SignedInRequest, **cursor: str) -> str:
    if not any(cursor.values()):
        return ""
    return f"?{without_empty(request.GET, **{'after': '', 'before': ''} | cursor)}"
