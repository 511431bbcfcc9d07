"""Health on any other day, worked out on request by the same rules as the snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields

from django.core.cache import cache
from django.db import connection

from health.models import HealthSnapshot
from health.selectors.board import Reading
from health.selectors.scores import TREND_DAYS, Scored, score_days
from portfolio.models import Product

_SECONDS = 300
_AT_ONCE = 500  # so that no single statement takes long


def reading_of(day: dt.date, today: dt.date) -> Reading | None:
    """The board's rows of `day` and of 28 days before, where they are not all stored; else None.

    Cached by the version of the data: whatever enters the formula leaves a mark, and marks are
    numbered. While somebody writes marks it is worked out each time: their numbers are taken
    before their figures can be seen.
    """
    if day >= today or _is_stored(day):
        return None
    version = _data_version()
    if version is None:
        return _read(day, today)
    key = f"health.reading:{day}:{today}:{version}"
    columns = cache.get(key)
    if columns is None:
        columns = _read(day, today).columns()
        cache.set(key, columns, _SECONDS)
    return Reading(**{f.name: column for f, column in zip(fields(Reading), columns, strict=True)})


def _is_stored(day: dt.date) -> bool:
    """Whether every product that is live on `day` has its snapshot of that day."""
    snapshots = HealthSnapshot.objects.filter(day=day).values("product_id")
    return not Product.objects.live(day).exclude(pk__in=snapshots).exists()


# Before its first number a sequence stands at 1 already, so the first mark would not tell. The
# number is read before the locks (OFFSET 0 holds the order): who has taken one of those numbers
# has either ended by then, or still holds the lock of a writer.
_VERSION = """
SELECT number, EXISTS (
    SELECT FROM pg_locks
    WHERE relation = 'portfolio_stalemark'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid()
)
FROM (SELECT last_value + is_called::int AS number FROM portfolio_stalemark_id_seq OFFSET 0) AS v
"""


def _data_version() -> int | None:
    """The number of the newest mark; None while another transaction writes marks."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        number, is_written = cursor.fetchone()
    return None if is_written else int(number)


def _read(day: dt.date, today: dt.date) -> Reading:
    ids = list(Product.objects.live(day).order_by("pk").values_list("pk", flat=True))
    reading = Reading()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        _add(reading, score_days({pk: [day, day - TREND_DAYS] for pk in some}, today))
    return reading


def _add(reading: Reading, scored: Iterable[Scored]) -> None:
    for one in scored:
        reading.product_ids.append(one.product_id)
        reading.days.append(one.day)
        reading.statuses.append(one.health.status.value)
        reading.healths.append(one.health.health)
        reading.confidences.append(one.health.confidence)
        reading.trends.append(one.trend)
        reading.reasons.append(one.reason)
        reading.measured.append(one.measured_on)
