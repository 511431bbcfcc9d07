"""Who may add metrics; everything under a product uses the policies of the product."""

from __future__ import annotations

from typing import Any

from core.policies import register_policy


def may_create_metrics(user: Any) -> bool:
    """Whoever may set up products: administrators, portfolio leads, product managers.

    Costs at most one look at leads and one at memberships.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    return bool(
        user.is_administrator
        or user.leads.exists()
        or user.memberships.filter(role="manager").exists()
    )


register_policy("metric.create", may_create_metrics)
