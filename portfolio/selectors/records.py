"""Records of products that somebody should look over: is all of it still right?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from core.formats import short_day
from portfolio.enums import Stage
from portfolio.flags import Flag
from portfolio.models import Product
from portfolio.querysets import record_day
from portfolio.rules import is_record_due

LOADS = {"record_on": record_day()}


def stale_records(user: User, today: dt.date) -> QuerySet[Product]:
    """Products that `user` looks after and whose record is due, the oldest in front."""
    products: Any = (
        Product.objects.looked_after_by(user)
        .unconfirmed(today)
        .select_related("portfolio", "team", "confirmed_by")
        .with_manager_names()
    )
    return products.order_by("record_on", Lower("name"), "pk")


def unconfirmed_flags(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """The flag *record not confirmed* of many products (as of now): one query."""
    rows = Product.objects.filter(pk__in=product_ids).unconfirmed(as_of).order_by("pk")
    return {
        pk: [_unconfirmed(slug, day, as_of)]
        for pk, slug, day in rows.values_list("pk", "slug", "record_on")
    }


def unconfirmed_flag(product: Any, as_of: dt.date) -> list[Flag]:
    """The same of one product, from what `find_product` has loaded."""
    is_used = product.archived_on is None and product.stage != Stage.RETIRED
    if not is_used or not is_record_due(product.record_on, as_of):
        return []
    return [_unconfirmed(product.slug, product.record_on, as_of)]


def _unconfirmed(slug: str, since: dt.date, as_of: dt.date) -> Flag:
    return Flag(
        key="record_not_confirmed",
        title="Record not confirmed",
        reason=f"Nobody has changed it or said that it is still right since "
        f"{short_day(since, as_of)}.",
        remedy_url=reverse("portfolio:product_confirm", args=[slug]),
    )
