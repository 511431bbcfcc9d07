"""What changed in the opportunities of a product, for the history of the product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.audit import event_model, model_history
from core.history import HistoryEntry
from core.policies import allows
from intake.models import Opportunity
from portfolio.models import Product

LEAVE_OUT = {"product", "position", "merged_into", "changed_at", "decided_at", "by"}


def opportunity_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: problems, why they matter, decisions; for the team alone.

    Others read the decision that stands on the opportunity's own page.
    """
    if not allows("product.edit", user, product):
        return []
    return model_history(
        Opportunity,
        Q(product_id=product.pk),
        subject=_subject(product),
        before=before,
        limit=limit,
        leave_out=LEAVE_OUT,
    )


def _subject(product: Product) -> Any:
    events: Any = event_model(Opportunity)
    named = events.objects.filter(product_id=product.pk).order_by("pgh_id")
    names = dict(named.values_list("id", "problem"))
    return lambda row: f"the opportunity “{names.get(row.id, 'that is gone')}”"
