"""Who may open a map and the directory of people.

The predicate on a product asks nothing of the database: `ProductQuerySet.with_viewer` has put what
the person is to the product on it. The one without a product looks memberships up once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.db.models import Q

from core.policies import register_policy
from portfolio.enums import MemberRole

if TYPE_CHECKING:
    from accounts.models import User


@rules.predicate
def opens_map(user: User, product: Any) -> bool:
    """A manager, a contributor with the grant, a lead of the portfolio, an administrator."""
    if product is None or not user.is_active:
        return False
    is_theirs = product.viewer_role == MemberRole.MANAGER or product.viewer_has_grant
    return bool(is_theirs or product.viewer_leads or user.is_administrator)


@rules.predicate
def uses_maps(user: User) -> bool:
    """Whoever manages something, has the grant anywhere, leads a portfolio, or administers."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_administrator or user.leads.exists():
        return True
    has_map = Q(role=MemberRole.MANAGER) | Q(stakeholder_grant=True)
    return user.memberships.filter(has_map).exists()


register_policy("product.map", opens_map)
register_policy("stakeholder.use", uses_maps)
