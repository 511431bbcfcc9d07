"""Which products' roll-ups wait for one another, and how many are handed out together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from django.db import connection

from core.locks import advisory_lock

# Products of the same thousand share a lock; their roll-ups wait for one another.
BUCKET = 1000
# Of buckets with few stale products several go together, so few that every worker gets some.
TOGETHER = 250


def chunks(product_ids: Iterable[int]) -> Iterator[list[int]]:
    """The products in parts of at most `BUCKET`, of which no two share a lock.

    Two workers that take one each would otherwise do so one after the other.
    """
    chunk: list[int] = []
    for _, sharing in groupby(sorted(product_ids), key=_bucket):
        ids = list(sharing)
        if chunk and len(chunk) + len(ids) > TOGETHER:
            yield chunk
            chunk = []
        chunk += ids
    if chunk:
        yield chunk


def lock_products(product_ids: Collection[int]) -> list[int]:
    """Hold the roll-up of these products, and keep them from being deleted; those that exist."""
    ids = sorted(set(product_ids))
    for bucket in sorted({_bucket(pk) for pk in ids}):
        advisory_lock(f"health.roll_up:{bucket}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM portfolio_product WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [ids],
        )
        return [pk for (pk,) in cursor]


def _bucket(product_id: int) -> int:
    return product_id // BUCKET
