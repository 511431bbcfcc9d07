"""Who may do what with products and portfolios.

The predicates ask nothing of the database: `ProductQuerySet.with_viewer` has put what the person is
to the product on it. `product.create` alone, which has no product yet, looks memberships up once.
Whether a person may read a product at all is `ProductQuerySet.visible_to`: what it leaves out is a
404 before any predicate is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules

from accounts.policies import SignedInRequest
from core.policies import register_policy
from portfolio.enums import MemberRole

if TYPE_CHECKING:
    from accounts.models import User
    from portfolio.models import BulkChange, Portfolio, Product, SavedView


class ProductRequest(SignedInRequest):
    """Behind a `product.…` policy: the product of the address, with what the person is to it."""

    product: Product


class PortfolioRequest(SignedInRequest):
    """Behind a `portfolio.…` policy."""

    portfolio: Portfolio


class BulkChangeRequest(SignedInRequest):
    """Behind a `bulk_change.…` policy: the change of many products of the address."""

    bulk_change: BulkChange


class ViewRequest(SignedInRequest):
    """Behind a `saved_view.…` policy: the view, with `is_default` for the person."""

    saved_view: SavedView


@rules.predicate
def reads(user: User, product: Any) -> bool:
    """Whoever the loader found the product for."""
    return product is not None and user.is_active


@rules.predicate
def works_on(user: User, product: Any) -> bool:
    """A member of the product, whatever the role."""
    return product is not None and product.viewer_role is not None


@rules.predicate
def manages(user: User, product: Any) -> bool:
    """A product manager of it."""
    return product is not None and product.viewer_role == MemberRole.MANAGER


@rules.predicate
def leads(user: User, subject: Any) -> bool:
    """A lead of the portfolio, or of the product's portfolio."""
    return subject is not None and bool(subject.viewer_leads)


@rules.predicate
def keeps(user: User, view: Any) -> bool:
    """Whoever saved the view; nobody else changes it, not even an administrator."""
    return view is not None and view.owner_id == user.pk


@rules.predicate
def administers(user: User) -> bool:
    """An active administrator."""
    return user.is_administrator


@rules.predicate
def manages_or_leads_something(user: User) -> bool:
    """A manager of any product or a lead of any portfolio."""
    if not user.is_authenticated or not user.is_active:
        return False
    managed = user.memberships.filter(role=MemberRole.MANAGER)
    found: bool = user.leads.values("pk").union(managed.values("pk")).exists()
    return found


register_policy("product.view", reads)
register_policy("product.edit", works_on | leads | administers)
register_policy("product.manage", manages | leads | administers)
register_policy("product.create", administers | manages_or_leads_something)
register_policy("portfolio.view", reads)
register_policy("saved_view.view", reads)
register_policy("saved_view.own", keeps)
register_policy("portfolio.manage", leads | administers)
register_policy("bulk_change.own", reads)
