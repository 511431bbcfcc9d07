"""Products over JSON: the catalogue and one product, by the selectors of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import create_model

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.api import PROBLEMS, DayQuery, day_of
from core.as_of import AsOf
from core.htmx import without_empty
from core.problems import Problem
from portfolio.columns import CellValue, cells_of, registered
from portfolio.enums import Kind, Stage
from portfolio.filters import CatalogueForm
from portfolio.models import Product
from portfolio.policies import ProductRequest
from portfolio.selectors import (
    SORTS,
    CatalogueFilters,
    PagePosition,
    catalogue,
    filter_options,
    is_place,
)

router = Router(tags=["Products"])

MOST = 200


class ProductQuery(DayQuery):
    """Filters, order and place, as the catalogue has them in its address."""

    q: str = Field("", description="Words in name, mission or team.")
    portfolio: str = Field("", description="Key of a portfolio.")
    function: str = Field("", description="Key of a business function.")
    stage: str = Field("", description=f"One of {', '.join(Stage.values)}.")
    kind: str = Field("", description=f"One of {', '.join(Kind.values)}.")
    team: str = Field("", description="Key of a team.")
    manager: str = Field("", description="Key of a product manager's account.")
    archived: str = Field("", description="With on: archived products instead of live ones.")
    sort: str = Field("name", description=f"{', '.join(SORTS)}; a minus in front turns it round.")
    after: str = Field("", description="Where the page starts; next holds it.")
    before: str = Field("", description="Where the page ends; previous holds it.")
    limit: int = Field(50, ge=1, le=MOST, description="How many products at most.")


class ProductFields(Schema):
    """What a product is, as it is today."""

    slug: str
    name: str
    url: str = Field(description="Its page for people.")
    kind: str
    work_type: str
    stage: str
    choice: str
    exchange: str
    mission: str
    portfolio: str
    function: str | None
    team: str | None
    managers: list[str]
    people_word: str
    head_count: int | None = Field(description="For how many people it is; null: not known.")
    archived_on: dt.date | None
    updated_at: dt.datetime


def _columns() -> dict[str, Any]:
    """What upper apps know of a product on a day; null where it is not known."""
    return {
        column.key: (CellValue, Field(description=f"{column.label} as of the day; null: unknown."))
        for column in registered()
    }


ProductOut: Any = create_model("Product", __base__=ProductFields, **_columns())


class ProductPage(Schema):
    """Some products in order, with the addresses of the pages around."""

    as_of: dt.date
    total: int
    next: str | None
    previous: str | None
    items: list[ProductOut]


@router.get("/products", response={200: ProductPage, **PROBLEMS}, url_name="product_list")
def product_list(request: SignedInRequest, query: Query[ProductQuery]) -> dict[str, Any]:
    """The products that you may see, a page at a time."""
    when = day_of(request, today(timezone.now()))
    filters = _filters(request, query)
    position = PagePosition(query.after, query.before, query.limit)
    page = catalogue(request.user, filters, position, when.day)
    return {
        "as_of": when.day,
        "total": page.total,
        "next": _page(request, after=page.older),
        "previous": _page(request, before=page.newer),
        "items": products_out(page.products, when),
    }


@router.get(
    "/products/{slug:slug}", response={200: ProductOut, **PROBLEMS}, url_name="product_detail"
)
def product_detail(request: ProductRequest, slug: str, query: Query[DayQuery]) -> dict[str, Any]:
    """One product that you may see."""
    when = day_of(request, today(timezone.now()))
    return products_out([request.product], when)[0]


def _filters(request: SignedInRequest, query: ProductQuery) -> CatalogueFilters:
    """What is asked for.

    Raises:
        Problem: 422, a value that is not offered, or a place that is none.
    """
    form = CatalogueForm(request.GET, filter_options(request.user))
    filters = form.filters
    errors = {name: str(messages[0]) for name, messages in form.errors.items()}
    if query.sort.removeprefix("-") not in SORTS:
        errors["sort"] = f"Choose one of {', '.join(SORTS)}."
    for name in ("after", "before"):
        if getattr(query, name) and not is_place(getattr(query, name), filters):
            errors[name] = "This is no place in this list. Take it from next or previous."
    if errors:
        raise Problem(422, "Some values can't be used.", errors)
    return filters


def _page(request: SignedInRequest, **cursor: str) -> str | None:
    if not any(cursor.values()):
        return None
    rest = without_empty(request.GET, **{"after": "", "before": ""} | cursor)
    return f"{request.path}?{rest}"


def products_out(products: Sequence[Product], when: AsOf) -> list[dict[str, Any]]:
    """Products as plain values, with the columns of upper apps in a fixed number of queries."""
    cells = cells_of([product.pk for product in products], when)
    keys = [column.key for column in registered()]
    return [
        _fields(product)
        | {key: cell.data for key, cell in zip(keys, cells[product.pk], strict=True)}
        for product in products
    ]


_PLAIN = (
    *("slug", "name", "kind", "work_type", "stage", "choice", "exchange", "mission"),
    *("people_word", "head_count", "archived_on", "updated_at"),
)


def _fields(product: Any) -> dict[str, Any]:
    return {name: getattr(product, name) for name in _PLAIN} | {
        "url": product.get_absolute_url(),
        "portfolio": product.portfolio.name,
        "function": product.function.name if product.function else None,
        "team": product.team.name if product.team else None,
        "managers": product.manager_names,
    }
