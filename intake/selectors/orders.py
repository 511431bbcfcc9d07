"""What shipped in the 90 days to a day: how much of it to order, how much off the mission."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, Func, OuterRef
from django.db.models.functions import JSONObject

from core.periods import DAY
from intake.models import Opportunity
from intake.querysets import OpportunityQuerySet
from intake.rules.orders import DAYS, Orders, Shipped, orders
from intake.selectors.independence import bases_of

_FIELDS = ("pk", "is_favour", "built_as_asked", "alignment")


class LocalDay(Func):
    """The organisation's calendar day of an instant, without asking for its time zone first."""

    template = (
        "(timezone(COALESCE((SELECT time_zone FROM accounts_organisation WHERE id = 1), 'UTC'),"
        " %(expressions)s))::date"
    )
    output_field = DateField()


def _shipped() -> OpportunityQuerySet:
    rows = Opportunity.objects.present().filter(shipped_at__isnull=False)
    return rows.annotate(shipped_on=LocalDay("shipped_at"))


def orders_of(product_ids: Collection[int], today: dt.date) -> Mapping[int, Orders]:
    """The count of each product over the 90 days that end with `today`, a day of the organisation.

    One query for all products, and those of `bases_of` where something was built as asked for.
    """
    rows = _shipped().filter(product__in=product_ids)
    rows = rows.filter(shipped_on__gt=today - DAYS * DAY, shipped_on__lte=today)
    by_product: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows.values("product_id", *_FIELDS):
        by_product[row["product_id"]].append(row)
    return _counted({pk: by_product[pk] for pk in product_ids})


def shipped_of_product() -> ArraySubquery:
    """All that ever shipped of a product, for `orders_of_loaded`: read with the product itself."""
    fields = {**{name: name for name in _FIELDS}, "on": LocalDay("shipped_at")}
    return ArraySubquery(_shipped().filter(product=OuterRef("pk")).values(row=JSONObject(**fields)))


def orders_of_loaded(shipped: Iterable[Mapping[str, Any]], today: dt.date) -> Orders:
    """The same as `orders_of`, from what `shipped_of_product` has read."""
    first, last = (today - (DAYS - 1) * DAY).isoformat(), today.isoformat()
    return _counted({0: [row for row in shipped if first <= row["on"] <= last]})[0]


def _counted(by_product: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[int, Orders]:
    everything = [row for rows in by_product.values() for row in rows]
    doubtful = [r["pk"] for r in everything if r["built_as_asked"] and not r["is_favour"]]
    bases = bases_of(doubtful)
    return {
        product: orders(
            Shipped(
                is_favour=row["is_favour"],
                as_asked=row["built_as_asked"],
                has_independent=row["pk"] in bases and bases[row["pk"]].is_independent,
                alignment=row["alignment"],
            )
            for row in rows
        )
        for product, rows in by_product.items()
    }
