"""How a product is told: in full, in links without content, or not at all."""

from __future__ import annotations

from django.db import transaction

from digests.models import ProductDigest
from portfolio.models import Product


@transaction.atomic
def set_way(*, product: Product, is_paused: bool, links_only: bool) -> bool:
    """Say how `product` is told from now on; whether anything changed. What is locked stays.

    The product's row is the lock, so two at once make one row.
    """
    Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    way = ProductDigest.objects.filter(product=product).first() or ProductDigest(product=product)
    if (way.is_paused, way.links_only) == (is_paused, links_only):
        return False
    way.is_paused, way.links_only = is_paused, links_only
    way.save()
    return True
