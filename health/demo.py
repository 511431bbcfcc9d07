"""The demo company's health: worked out at once, so that its first page is not empty."""

from __future__ import annotations

import datetime as dt

from health import services
from health.models import HealthSnapshot
from portfolio.models import Product


def seed(now: dt.datetime) -> None:
    """Works out every kept day of the demo products."""
    products = Product.objects.filter(is_demo=True).order_by("pk")
    services.roll_up(product_ids=list(products.values_list("pk", flat=True)), now=now)


def remove() -> None:
    """Takes the demo products' snapshots away."""
    HealthSnapshot.objects.filter(product__is_demo=True).delete()
