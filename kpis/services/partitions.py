"""Room for values: the partitions of the days that are about to be written."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK_TIMEOUT = "500ms"
TRIES = 6
LOCK_NOT_AVAILABLE = "55P03"

_MISSING = """
SELECT month::date
FROM generate_series(date_trunc('month', %s::timestamp), %s::timestamp, interval '1 month') month
WHERE to_regclass(to_char(month, '"kpis_measurement_m"YYYY_MM')) IS NULL
    AND to_regclass(to_char(month, '"kpis_measurement_y"YYYY')) IS NULL
"""

# What a COPY names. Into a partition it writes many rows at a time; into the whole table, as long
# as that has triggers for each statement, one by one. A partition has the same triggers.
_TABLE = """
SELECT coalesce(
    CASE WHEN date_trunc('month', first) = date_trunc('month', last)
        THEN to_regclass(to_char(first, '"kpis_measurement_m"YYYY_MM')) END,
    CASE WHEN date_trunc('year', first) = date_trunc('year', last)
        THEN to_regclass(to_char(first, '"kpis_measurement_y"YYYY')) END,
    'kpis_measurement'
)::text
FROM (SELECT %s::timestamp, %s::timestamp) AS days (first, last)
"""


def ensure_partitions(first: dt.date, last: dt.date) -> list[dt.date]:
    """Make the partitions that days from `first` to `last` lack; answers their first days.

    Called before the transaction that writes, because an open one that made a partition would keep
    others who want the same one waiting. Each is made in a short transaction of its own that gives
    up on a lock after half a second and tries again.

    Raises:
        OperationalError: the lock could not be had for several seconds.
    """
    return [month for month in _missing_months(first, last) if _create_partition(month)]


def ensure_partitions_apart(first: dt.date, last: dt.date) -> list[dt.date]:
    """The same from inside a long transaction: on a connection of its own, committed at once.

    Raises:
        OperationalError: the lock could not be had for several seconds.
    """
    missing = _missing_months(first, last)
    if not missing:
        return []
    apart = connections[DEFAULT_DB_ALIAS].copy()
    try:
        return [month for month in missing if _create_partition(month, apart)]
    finally:
        apart.close()


def table_of(cursor: Any, first: dt.date | None, last: dt.date | None) -> str:
    """The fastest table for a COPY of values of these days: their partition, if all have the same
    one, else the whole table (of no days too). The partitions are there already.
    """
    cursor.execute(_TABLE, [first, last])
    (name,) = cursor.fetchone()
    return str(name)


def _missing_months(first: dt.date, last: dt.date) -> list[dt.date]:
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, [first, last])
        return [month for (month,) in cursor.fetchall()]


def _create_partition(month: dt.date, own: BaseDatabaseWrapper | None = None) -> bool:
    """Whether it was us who made it."""
    for attempt in range(1, TRIES + 1):
        try:
            return _try_apart(month, own) if own is not None else _try_to_create(month)
        except OperationalError as error:
            timed_out = getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE
            if not timed_out or attempt == TRIES:
                raise
            time.sleep(0.1 * attempt)
    raise AssertionError("unreachable")


def _try_to_create(month: dt.date) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute("SELECT kpis_create_partition(%s)", [month])
        (name,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
    return name is not None


def _try_apart(month: dt.date, own: BaseDatabaseWrapper) -> bool:
    """One statement is one transaction there; the connection is thrown away afterwards."""
    with own.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        cursor.execute("SELECT kpis_create_partition(%s)", [month])
        (name,) = cursor.fetchone()
    return name is not None
