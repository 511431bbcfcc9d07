"""Who may hold a product's office hours."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from portfolio.models import Product


def hosts_of(product: Product, *also: int | None) -> QuerySet[User]:
    """The product's people who can sign in, and those of the keys `also`, by name."""
    working = Q(memberships__product=product, is_active=True)
    kept = Q(pk__in=[key for key in also if key is not None])
    return User.objects.filter(working | kept).distinct().order_by("name", "pk")
