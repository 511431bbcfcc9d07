"""The flag *order-taker* of products (domain.md §4 and §5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.urls import reverse

from core.formats import share
from intake.rules.orders import DAYS, Orders
from intake.selectors.orders import orders_of, orders_of_loaded
from portfolio.flags import Flag
from portfolio.models import Product

TITLE = "Order-taker"
SHIPPED = "shipped_opportunities"
"""Under which name a product's page loads what `order_flag` reads."""


def order_flags(product_ids: Sequence[int], as_of: dt.date) -> Mapping[int, list[Flag]]:
    """The flag on each product whose ratio is 40 % or more over the 90 days to `as_of`."""
    amber = {pk: one for pk, one in orders_of(product_ids, as_of).items() if one.is_amber}
    if not amber:
        return {}
    slugs = dict(Product.objects.filter(pk__in=amber).values_list("pk", "slug"))
    return {pk: [_flag(one, slugs[pk])] for pk, one in amber.items()}


def order_flag(product: Product, as_of: dt.date) -> list[Flag]:
    """The same of one product, from what its page has loaded under `SHIPPED`."""
    found = orders_of_loaded(getattr(product, SHIPPED), as_of)
    return [_flag(found, product.slug)] if found.is_amber else []


def _flag(one: Orders, slug: str) -> Flag:
    return Flag(
        key="order_taker",
        title=TITLE,
        reason=orders_words(one),
        remedy_url=reverse("intake:opportunity_list", args=[slug]),
    )


def orders_words(one: Orders) -> str:
    """What the ratio counts, in a sentence; only where something shipped."""
    return (
        f"{share(one.ratio)} of what shipped in {DAYS} days ({one.to_order} of {one.shipped}) "
        "was a favour, or built exactly as asked without other evidence."
    )
