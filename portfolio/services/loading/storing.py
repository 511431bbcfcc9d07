"""The rows of products, many at once: read under a lock, and written where they differ."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from portfolio.models import Product

COLUMNS = (
    *("portfolio_id", "name", "kind", "work_type", "function_id", "stage", "stage_since"),
    *("choice", "exchange", "people_word", "audience_word", "head_count"),
    *("mission", "description", "link"),
    *("team_id", "visibility", "version", "updated_at"),
)
"""What an import may change, and what goes with it."""

_STORE = f"""
UPDATE portfolio_product p
SET {", ".join(f"{column} = r.{column}" for column in COLUMNS)}
FROM unnest(%(ids)s::bigint[], %(fields)s::text[]) AS given (id, fields)
    JOIN portfolio_product old USING (id)
    CROSS JOIN LATERAL jsonb_populate_record(old, given.fields::jsonb) AS r
WHERE p.id = r.id
"""  # noqa: S608  # the columns are ours

Row = dict[str, Any]


def lock_standing(ids: Iterable[int]) -> dict[int, Row]:
    """The rows of these products, locked in the order of their keys until commit."""
    rows = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(ids))
        .order_by("pk")
        .values("pk", *COLUMNS)
    )
    return {row.pop("pk"): row for row in rows}


def store(changes: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write the columns given for each product; the others stay."""
    kept = list(changes)
    if not kept:
        return
    ids = [product_id for product_id, _ in kept]
    fields = [json.dumps(as_json(values)) for _, values in kept]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, {"ids": ids, "fields": fields})


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON that PostgreSQL reads back without loss."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
    }
