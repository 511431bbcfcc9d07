"""What search finds of portfolio: products, teams, portfolios. One statement each."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from core.search import Hit, ranked
from portfolio.enums import Kind
from portfolio.models import Membership, Portfolio, Product, Team
from portfolio.querysets import ProductQuerySet

_KINDS = dict(Kind.choices)
ARCHIVED_SHARE = 0.5
"""How much less a product is wanted that was put away."""


def find_products(user: User, text: str, limit: int) -> list[Hit]:
    """Products that `user` may read by their names; without a text those they work on."""
    products = Product.objects.visible_to(user)
    found = ranked(products, text) if text else own_products(user)
    rows = found.values_list("slug", "name", "kind", "portfolio__name", "archived_on", *_rank(text))
    hits = [_product_hit(*row) for row in rows[:limit]]
    return sorted(hits, key=lambda hit: -hit.rank)


def own_products(user: User) -> ProductQuerySet:
    """The products that `user` is a member of, by name, without those put away."""
    own = Membership.objects.filter(user_id=user.pk, product_id=OuterRef("pk"))
    found: ProductQuerySet = Product.objects.visible_to(user)
    return found.filter(Exists(own), archived_on__isnull=True).order_by(Lower("name"), "pk")


def find_product_pages(
    products: QuerySet[Product, Any],
    text: str,
    url_name: str,
    words: str,
    limit: int,
    *,
    share: float,
) -> list[Hit]:
    """A page of each of these products whose name fits ("Record figures for …"), for actions.

    `products` is what `user` may do it with; `words` has a `{}` for the name; `share` of the name's
    own rank is what the action is worth.
    """
    found = ranked(products.filter(archived_on__isnull=True), text) if text else products
    rows = found.values_list("slug", "name", *_rank(text))[:limit]
    return [
        Hit(slug, words.format(name), reverse(url_name, args=[slug]), rank=share * _of(rank))
        for slug, name, *rank in rows
    ]


def find_teams(user: User, text: str, limit: int) -> list[Hit]:
    """Teams, each with the catalogue of its products; every employee may know of them."""
    if not text:
        return []
    teams: Any = ranked(Team.objects.all(), text)
    rows = teams.values_list("pk", "name", "rank")[:limit]
    listed = reverse("portfolio:product_list")
    return [Hit(str(pk), name, f"{listed}?team={pk}", "team", rank) for pk, name, rank in rows]


def find_portfolios(user: User, text: str, limit: int) -> list[Hit]:
    """Portfolios; every employee may read them."""
    if not text:
        return []
    portfolios: Any = ranked(Portfolio.objects.all(), text)
    rows = portfolios.values_list("slug", "name", "rank")[:limit]
    page = "portfolio:portfolio_detail"
    return [
        Hit(slug, name, reverse(page, args=[slug]), "portfolio", rank) for slug, name, rank in rows
    ]


def _product_hit(
    slug: str, name: str, kind: str, portfolio: str, archived_on: object, *rank: float
) -> Hit:
    note = f"archived {_KINDS[kind].lower()}" if archived_on else str(_KINDS[kind]).lower()
    worth = _of(rank) * (ARCHIVED_SHARE if archived_on else 1)
    url = reverse("portfolio:product_detail", args=[slug])
    return Hit(slug, name, url, f"{note} · {portfolio}", worth)


def _rank(text: str) -> tuple[str, ...]:
    return ("rank",) if text else ()


def _of(rank: Any) -> float:
    """What the database said; without a text there is nothing to compare with."""
    return float(rank[0]) if rank else 1.0
