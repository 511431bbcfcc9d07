"""Who may open a map and the directory of people.

The predicates ask nothing of the database: `ProductQuerySet.with_viewer` has put what the person is
to the product on it, and a session's account knows whether it has maps at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from core.policies import register_policy
from portfolio.enums import MemberRole

if TYPE_CHECKING:
    from accounts.models import User

HAS_MAPS = "has_maps"


@rules.predicate
def opens_map(user: User, product: Any) -> bool:
    """A manager, a contributor with the grant, a lead of the portfolio, an administrator."""
    if product is None or not user.is_active:
        return False
    is_theirs = product.viewer_role == MemberRole.MANAGER or product.viewer_has_grant
    return bool(is_theirs or product.viewer_leads or user.is_administrator)


def has_maps() -> Q:
    """Of an account: whether it manages something, has the grant anywhere, or leads a portfolio.

    Each page asks it for the navigation: see `accounts.viewers`.
    """
    memberships = apps.get_model("portfolio", "Membership")._default_manager
    leads = apps.get_model("portfolio", "PortfolioLead")._default_manager
    opens = Q(role=MemberRole.MANAGER) | Q(stakeholder_grant=True)
    return Exists(memberships.filter(opens, user_id=OuterRef("pk"))) | Exists(
        leads.filter(user_id=OuterRef("pk"))
    )


@rules.predicate
def uses_maps(user: User) -> bool:
    """Whoever manages something, has the grant anywhere, leads a portfolio, or administers."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_administrator:
        return True
    known = getattr(user, HAS_MAPS, None)
    if known is None:  # not loaded by a session
        known = type(user)._default_manager.filter(has_maps(), pk=user.pk).exists()
    return bool(known)


register_policy("product.map", opens_map)
register_policy("stakeholder.use", uses_maps)
