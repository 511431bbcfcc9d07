"""Marks: which products' health has to be worked out again, and from which day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction
from django.utils import timezone

from portfolio.models import StaleMark
from portfolio.signals import products_stale

_INSERT = """
INSERT INTO portfolio_stalemark (product_id, from_date, created_at)
SELECT *, %s FROM unnest(%s::bigint[], %s::date[])
"""


@transaction.atomic
def mark_stale_many(marks: Mapping[int, dt.date]) -> None:
    """Say that the health of these products is stale from these days on (organisation's zone).

    Called inside the transaction of the change that caused it, by whatever app makes the change:
    one INSERT and one `products_stale` signal however many products. Insert-only, so it never
    waits for a roll-up that is reading.
    """
    if not marks:
        return
    ids = sorted(marks)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [timezone.now(), ids, [marks[pk] for pk in ids]])
    products_stale.send(sender=StaleMark, product_ids=ids)
