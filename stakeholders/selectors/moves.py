"""The history of a map: who moved whom, when, from where to where, and why."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from portfolio.models import Product
from stakeholders.models import Move, Placement


def moves_of(product: Product, user: User) -> QuerySet[Move]:
    """Every place that people had on the map, the newest first, without what is about `user`."""
    rows = Move.objects.seen_by(user).filter(product=product, person__merged_into__isnull=True)
    return rows.select_related("person", "by").order_by("-at", "-pk")


def last_move(placement: Placement) -> Move | None:
    """How a placement came to where it is; whoever asks may see the placement."""
    rows = Move.objects.filter(product_id=placement.product_id, person_id=placement.person_id)
    found: Move | None = rows.select_related("by").order_by("-at", "-pk").first()
    return found
