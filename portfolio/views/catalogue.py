"""The catalogue of products, as a page and as a CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.as_of import AsOf, asked_day, newest_numbers, refusal
from core.exports import csv_response
from core.formats import count
from core.htmx import address_to_push, swaps, without_empty
from core.kept import kept_page
from core.policies import allows
from portfolio.columns import ListColumn, newest_figure
from portfolio.filters import CatalogueForm
from portfolio.models import SavedView
from portfolio.presenters import catalogue_columns, catalogue_csv, catalogue_rows
from portfolio.presenters.fields import LIST, Place, bulk_bar, editable_rows
from portfolio.presenters.views import list_tools
from portfolio.selectors import (
    CatalogueFilters,
    PagePosition,
    catalogue,
    catalogue_all,
    catalogue_products,
    filter_options,
)
from portfolio.selectors.editing import EditRights, edit_rights
from portfolio.selectors.views import bookmarks_of, default_address, view_named
from portfolio.viewing import VIEW, known_page


@require_safe
@kept_page
def product_list(request: SignedInRequest) -> HttpResponse:
    """Search, filters, sort, day and place in the list all stand in the address."""
    page = known_page("catalogue")
    if not request.GET and (address := default_address(request.user, page)):
        return redirect(address)
    # A form sends its empty fields too; links on the page and its address go without them.
    request.GET = QueryDict(without_empty(request.GET))
    when = asked_day(request.GET, today(timezone.now()))
    form = CatalogueForm(request.GET, filter_options(request.user))
    columns = catalogue_columns(request.GET.get("columns", ""))
    context: dict[str, Any] = {
        "form": form,
        "filters": form.filters,
        "when": when,
        "problem": when.problem,
        "columns": columns,
        "tools": list_tools(page, request.GET, _view(request), request.user),
        "may_create": allows("product.create", request.user),
    }
    if not when.problem:
        context |= _shown(request, form.filters, when, columns)
    part = "#results" if swaps(request, "results") else ""
    status = 422 if when.problem else 200
    response = render(request, f"portfolio/product_list.html{part}", context, status=status)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


def _shown(
    request: SignedInRequest,
    filters: CatalogueFilters,
    when: AsOf,
    columns: Sequence[ListColumn],
) -> dict[str, Any]:
    """What the catalogue says of the day."""
    query, user = request.GET, request.user
    position = PagePosition(query.get("after", ""), query.get("before", ""))
    page = catalogue(user, filters, position, when.day)
    newest = newest_figure(catalogue_products(user, filters, when.day), when)
    csv_query = without_empty(query, after="", before="", view="", all="")
    rights = edit_rights(user, page.products) if when.is_today else EditRights()
    place = Place(LIST, f"{request.path}?{without_empty(query)}".rstrip("?"))
    rows = catalogue_rows(page.products, when, columns, bookmarks_of(user))
    return {
        "rows": editable_rows(rows, rights, place),
        "bulk": bulk_bar(query, page, rights),
        "total": count(page.total, "product"),
        "newer_url": _page_url(request, before=page.newer),
        "older_url": _page_url(request, after=page.older),
        "csv_url": f"{reverse('portfolio:product_export')}?{csv_query}",
        **newest_numbers(newest, when),
    }


@require_safe
def product_export(request: SignedInRequest) -> HttpResponse:
    """Everything that the same address finds, with the columns of the page."""
    when = asked_day(request.GET, today(timezone.now()))
    if when.problem:
        return refusal(when)
    filters = CatalogueForm(request.GET, filter_options(request.user)).filters
    products = catalogue_all(request.user, filters, when.day)
    columns = catalogue_columns(request.GET.get("columns", ""))
    head, lines = catalogue_csv(catalogue_rows(products, when, columns), columns)
    return csv_response("products" if when.is_today else f"products {when.day}", head, lines)


def _view(request: SignedInRequest) -> SavedView | None:
    typed = request.GET.get(VIEW, "")
    return view_named(request.user, known_page("catalogue"), typed) if typed else None


def _page_url(request: SignedInRequest, **cursor: str) -> str:
    if not any(cursor.values()):
        return ""
    return f"?{without_empty(request.GET, **{'after': '', 'before': ''} | cursor)}"
