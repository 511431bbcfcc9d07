"""Products as pages read them: one product, the people behind it, what it is built on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.enums import Role
from accounts.holdings import Holding
from accounts.models import User
from core.formats import count
from core.policies import ObjectMoved
from core.prepared import Prepared
from portfolio.enums import MemberRole
from portfolio.flags import Flag, loaded_with_product
from portfolio.models import Dependency, Membership, Portfolio, PortfolioLead, Product, Team


def find_product(user: User, slug: str) -> Product:
    """The product at this address as `user` sees it, with what they are to it and its managers.

    Raises:
        Product.DoesNotExist: none, or none for this person.
        ObjectMoved: an old address of a product that this person may read.
    """
    shape = user.is_administrator, tuple(loaded_with_product())
    found = _found.rows(shape, user_id=user.pk, slug=slug) if user.is_active else []
    if found:
        return found[0]
    products = Product.objects.visible_to(user)
    moved_to = products.filter(old_slugs__slug=slug).values_list("slug", flat=True).first()
    if moved_to is None:
        raise Product.DoesNotExist
    raise ObjectMoved(moved_to)


def product_query(
    shape: tuple[bool, tuple[str, ...]], *, user_id: int, slug: str
) -> QuerySet[Product]:
    """What `find_product` asks for somebody; the shape: administrator or not, and the flags."""
    is_administrator, _ = shape
    role = Role.ADMINISTRATOR if is_administrator else Role.EMPLOYEE
    user = User(pk=user_id, role=role, is_active=True)
    products: Any = Product.objects.visible_to(user).with_viewer(user).with_manager_names()
    found: QuerySet[Product] = (
        products.with_changed_day()
        .annotate(**loaded_with_product())
        .select_related("portfolio", "function", "team", "confirmed_by")
        .filter(slug=slug)
        .order_by()
    )
    return found


# Asked at every address of a product: drawing it up took longer than all that it finds.
_found = Prepared(product_query, {"user_id": -8_046_117, "slug": "a-slug-that-no-product-has"})


def find_portfolio(user: User, slug: str) -> Portfolio:
    """The portfolio at this address, with whether `user` leads it. Every employee may read it.

    Raises:
        Portfolio.DoesNotExist: there is none.
    """
    return Portfolio.objects.with_viewer(user).get(slug=slug)


def product_names(user: User, product_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these products that `user` may read."""
    found = Product.objects.visible_to(user).filter(pk__in=product_ids)
    return dict(found.order_by().values_list("pk", "name"))


def members_of(product: Product) -> list[Membership]:
    """Everyone who works on the product, managers first, then by name."""
    return list(
        product.memberships.select_related("user").order_by(
            # "manager" sorts after "contributor"
            "-role",
            Lower("user__name"),
            "user_id",
        )
    )


def colleagues_of(product: Product, limit: int = 200) -> list[User]:
    """Active people who are not members yet, by name: proposals for the form that adds one."""
    members = product.memberships.values("user_id")
    return list(User.objects.active().exclude(pk__in=members).by_name()[:limit])


def active_people(limit: int = 200) -> list[User]:
    """Active people by name: proposals for forms."""
    return list(User.objects.active().by_name()[:limit])


def managers_of(product_ids: Sequence[int]) -> dict[int, str]:
    """The names of each product's active managers, joined by commas; none: left out."""
    rows = (
        Membership.objects.filter(
            product_id__in=product_ids, role=MemberRole.MANAGER, user__is_active=True
        )
        .order_by("product_id", Lower("user__name"), "user_id")
        .values_list("product_id", "user__name")
    )
    names: dict[int, list[str]] = {}
    for product_id, name in rows:
        names.setdefault(product_id, []).append(name)
    return {product_id: ", ".join(found) for product_id, found in names.items()}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a product is built on and what is built on it, as far as the viewer may know."""

    needs: list[Product]
    needed_by: list[Product]


def neighbours_of(product: Product, user: User) -> Neighbours:
    """Dependencies and dependants that `user` may read, by name, in one query."""
    link = partial(Dependency.objects.filter)
    found = list(
        Product.objects.visible_to(user)
        .annotate(
            is_needed=Exists(
                link(product=product, needs_id=OuterRef("pk")), output_field=BooleanField()
            ),
            is_dependant=Exists(
                link(needs=product, product_id=OuterRef("pk")), output_field=BooleanField()
            ),
        )
        .filter(pk__in=_neighbour_ids(product))
        .order_by(Lower("name"), "pk")
    )
    return Neighbours(
        needs=[other for other in found if other.is_needed],
        needed_by=[other for other in found if other.is_dependant],
    )


def _neighbour_ids(product: Product) -> QuerySet[Dependency, Any]:
    needs = Dependency.objects.filter(product=product).order_by().values_list("needs_id")
    dependants = Dependency.objects.filter(needs=product).order_by().values_list("product_id")
    return needs.union(dependants)


def possible_dependencies(product: Product | None, user: User) -> QuerySet[Product]:
    """Products that `product` may be said to be built on: all that `user` may read but itself."""
    products = Product.objects.visible_to(user).order_by(Lower("name"), "pk")
    return products.exclude(pk=product.pk) if product is not None else products


def portfolios_to_choose(user: User, product: Product | None) -> QuerySet[Portfolio]:
    """Portfolios that `user` may put a product in; the one where `product` is stays a choice."""
    open_to = Portfolio.objects.open_to(user)
    if product is not None:
        open_to = Portfolio.objects.filter(pk__in=open_to.values("pk")) | Portfolio.objects.filter(
            pk=product.portfolio_id
        )
    return open_to.order_by(Lower("name"), "pk")


def no_manager_flags(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """The flag *no product manager*: nobody active answers for the product (as of now)."""
    rows = (
        Product.objects.filter(pk__in=product_ids)
        .without_manager()
        .order_by("pk")
        .values_list("pk", "slug")
    )
    return {pk: [_no_manager(slug)] for pk, slug in rows}


def no_manager_flag(product: Product, as_of: dt.date) -> list[Flag]:
    """The same of one product with its `manager_names`."""
    names: list[str] = product.manager_names  # type: ignore[attr-defined]  # find_product puts it there
    return [] if names else [_no_manager(product.slug)]


def _no_manager(slug: str) -> Flag:
    return Flag(
        key="no_manager",
        title="No product manager",
        reason="Nobody who can sign in answers for this product.",
        remedy_url=reverse("portfolio:product_members", args=[slug]),
        remedy_policy="product.manage",
    )


@dataclass(frozen=True, slots=True)
class Estate:
    """What a leaver holds: memberships with their products, leads with their portfolios."""

    memberships: list[Membership]
    leads: list[PortfolioLead]

    def __bool__(self) -> bool:
        return bool(self.memberships or self.leads)


def estate_of(leaver: User) -> Estate:
    """Everything that would be handed over, by name."""
    return Estate(
        memberships=list(
            Membership.objects.filter(user=leaver)
            .select_related("product")
            .order_by(Lower("product__name"), "product_id")
        ),
        leads=list(
            PortfolioLead.objects.filter(user=leaver)
            .select_related("portfolio")
            .order_by(Lower("portfolio__name"), "portfolio_id")
        ),
    )


def holdings_of(user: User) -> list[Holding]:
    """What a person holds, in sentences, for the page that takes accounts away."""
    estate = estate_of(user)
    members = [
        Holding(f"{one.get_role_display()} of {one.product}", one.product.get_absolute_url())
        for one in estate.memberships
    ]
    leads = [
        Holding(f"Lead of {one.portfolio}", one.portfolio.get_absolute_url())
        for one in estate.leads
    ]
    return [*members, *leads]


def demo_lines() -> list[str]:
    """What the demo's removal takes along, none of it zero: "28 products", "1 team".

    A portfolio or team in which somebody has put a real product stays; so do the made-up people
    while nobody else could administer.
    """
    made_up = Q(is_demo=True)
    kept = Q(products__is_demo=False)
    amounts = [
        (Product.objects.filter(made_up).count(), "product", "products"),
        (Team.objects.filter(made_up).exclude(kept).count(), "team", "teams"),
        (Portfolio.objects.filter(made_up).exclude(kept).count(), "portfolio", "portfolios"),
        (User.objects.filter(made_up).count() if _can_do_without() else 0, "person", "people"),
    ]
    return [count(amount, one, many) for amount, one, many in amounts if amount]


def _can_do_without() -> bool:
    """Whether an administrator who was not made up has a password."""
    real = User.objects.administrators().filter(is_demo=False)
    return real.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
