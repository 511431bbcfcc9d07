"""What the first steps ask of health."""

from __future__ import annotations

from accounts.models import User
from health.models import HealthSnapshot
from health.rules import Status
from portfolio.models import Product


def has_health(user: User) -> bool:
    """Whether the health of any product that the person sees is known."""
    products = Product.objects.visible_to(user).order_by().values("pk")
    known = HealthSnapshot.objects.filter(product__in=products).exclude(
        status__in=(Status.UNKNOWN, Status.RETIRED)
    )
    return known.exists()
