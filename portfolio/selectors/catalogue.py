"""The catalogue: which products, in which order, which page of them.

Paging is by key, never by offset: a page starts after (or ends before) a product's place in the
order, so that the last page costs what the first one costs and nothing slips when rows come and go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from core.cursors import cursor_of, moment, place_of, text
from portfolio.enums import MemberRole, Stage
from portfolio.models import BusinessFunction, Membership, Portfolio, Product, Team
from portfolio.querysets import ProductQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CatalogueFilters:
    """What was asked for; empty means everything. `sort` is a key of `SORTS`, "-" reverses."""

    q: str = ""
    portfolio: int | None = None
    function: int | None = None
    stage: str = ""
    kind: str = ""
    team: int | None = None
    manager: int | None = None
    archived: bool = False
    mine: str = ""
    sort: str = "name"

    @property
    def are_empty(self) -> bool:
        """Whether the whole catalogue is asked for."""
        return self == CatalogueFilters(sort=self.sort)


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page lies: after or before the place that a cursor names, else at the start."""

    after: str = ""
    before: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page. `newer` and `older` are cursors to the pages around it, empty at the ends."""

    products: list[Product]
    total: int
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: an expression that is never null, and how its value comes back from a cursor."""

    expression: Callable[[], Any]
    parse: Callable[[Any], Any]


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > 2**31:
        raise ValueError("not a number of ours")
    return value


def _stage_order() -> Case:
    places = [When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage.values)]
    return Case(*places, default=Value(-1), output_field=IntegerField())


SORTS: dict[str, Sort] = {
    "name": Sort(lambda: Lower("name"), text),
    "function": Sort(lambda: Coalesce(Lower("function__name"), Value("")), text),
    "stage": Sort(_stage_order, _whole),
    "people": Sort(lambda: Coalesce("head_count", Value(-1), output_field=IntegerField()), _whole),
    "updated": Sort(lambda: F("updated_at"), moment),
}


def catalogue(
    user: User, filters: CatalogueFilters, position: PagePosition, as_of: dt.date
) -> CataloguePage:
    """One page of the products that `user` may read and asked for: a count and a read.

    Which ones are archived is told as of the day; all else is as it is now.

    Each product carries its managers' names, what `user` is to it (unless an administrator: they
    may do everything), and has portfolio, function and team loaded. A cursor that makes no sense is
    the first page.
    """
    found = catalogue_products(user, filters, as_of)
    seen = found if user.is_administrator else found.with_viewer(user)
    ordered = _in_order(seen, filters.sort)
    backwards = bool(position.before) and not position.after
    cursor = position.before if backwards else position.after
    place = place_of(cursor, SORTS[_key(filters.sort)[0]].parse)
    backwards = backwards and place is not None
    rows: list[Any] = list(
        _beyond(ordered, place, filters.sort, backwards=backwards)[: position.size + 1]
    )
    if not rows and place is not None:  # what stood behind the place has gone
        return catalogue(user, filters, PagePosition(size=position.size), as_of)
    more = len(rows) > position.size
    rows = rows[: position.size]
    if backwards:
        rows.reverse()
    has_newer = more if backwards else place is not None
    has_older = True if backwards else more
    return CataloguePage(
        products=rows,
        total=found.order_by().count(),
        newer=cursor_of(rows[0].sort_key, rows[0].pk) if rows and has_newer else "",
        older=cursor_of(rows[-1].sort_key, rows[-1].pk) if rows and has_older else "",
    )


def catalogue_all(user: User, filters: CatalogueFilters, as_of: dt.date) -> list[Product]:
    """Every product that the filters find, in their order: what the CSV holds."""
    return list(_in_order(catalogue_products(user, filters, as_of), filters.sort))


def is_place(cursor: str, filters: CatalogueFilters) -> bool:
    """Whether the cursor names a place in this order."""
    return place_of(cursor, SORTS[_key(filters.sort)[0]].parse) is not None


def catalogue_products(user: User, filters: CatalogueFilters, as_of: dt.date) -> ProductQuerySet:
    """The products that `user` may read and asked for, in no order."""
    products = Product.objects.visible_to(user).matching(filters.q).mine(user, filters.mine)
    products = products.archived(as_of) if filters.archived else products.live(as_of)
    wanted: dict[str, Any] = {
        "portfolio_id": filters.portfolio,
        "function_id": filters.function,
        "team_id": filters.team,
        "stage": filters.stage,
        "kind": filters.kind,
    }
    products = products.filter(**{name: value for name, value in wanted.items() if value})
    if filters.manager:
        managed = Membership.objects.filter(user_id=filters.manager, role=MemberRole.MANAGER)
        products = products.filter(pk__in=managed.values("product_id"))
    return products


def _in_order(products: ProductQuerySet, sort: str) -> ProductQuerySet:
    key, descending = _key(sort)
    ordered = products.annotate(sort_key=SORTS[key].expression()).with_manager_names()
    ordered = ordered.with_changed_day()
    return ordered.select_related("portfolio", "function", "team").order_by(
        *(("-sort_key", "-pk") if descending else ("sort_key", "pk"))
    )


def _beyond(
    products: ProductQuerySet, place: tuple[Any, int] | None, sort: str, *, backwards: bool
) -> QuerySet[Product]:
    """The products after the place in the order, or those before it, nearest first."""
    if place is None:
        return products
    value, pk = place
    _, descending = _key(sort)
    side = "lt" if descending != backwards else "gt"
    found = products.filter(
        Q(**{f"sort_key__{side}e": value}),
        Q(**{f"sort_key__{side}": value}) | Q(**{f"pk__{side}": pk}),
    )
    return found.reverse() if backwards else found


def _key(sort: str) -> tuple[str, bool]:
    key = sort.removeprefix("-")
    return (key, sort.startswith("-")) if key in SORTS else ("name", False)


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """What the catalogue can be filtered by: (key, name) pairs, by name."""

    portfolios: list[tuple[int, str]] = field(default_factory=list)
    functions: list[tuple[int, str]] = field(default_factory=list)
    teams: list[tuple[int, str]] = field(default_factory=list)
    managers: list[tuple[int, str]] = field(default_factory=list)


def filter_options(user: User) -> FilterOptions:
    """Portfolios, functions, teams, and the managers of what `user` may read: one query."""
    managed = Membership.objects.filter(
        role=MemberRole.MANAGER, product__in=Product.objects.visible_to(user).order_by()
    )
    rows = _named("portfolios", Portfolio.objects.all()).union(
        _named("functions", BusinessFunction.objects.all()),
        _named("teams", Team.objects.all()),
        _named("managers", User.objects.filter(pk__in=managed.values("user_id"))),
    )
    options = FilterOptions()
    for what, pk, name in sorted(rows, key=lambda row: (row[2].casefold(), row[1])):
        getattr(options, what).append((pk, name))
    return options


def _named(what: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values_list(Value(what), "pk", "name")


def portfolio_products(portfolio: Portfolio, user: User) -> list[Product]:
    """The live products of a portfolio that `user` may read, by name."""
    return list(
        Product.objects.visible_to(user)
        .filter(portfolio=portfolio, archived_on__isnull=True)
        .with_manager_names()
        .select_related("function", "team")
        .order_by(Lower("name"), "pk")
    )
