"""Values into the table: by COPY where nothing stands, else what is new and what has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts.models import User
from core.audit import apply_context
from core.faults import reach

if TYPE_CHECKING:
    import polars as pl

SLICE = 20_000
FEW = 1000

_ANY = """
SELECT EXISTS (
    SELECT FROM kpis_measurement
    WHERE date BETWEEN %(first)s AND %(last)s AND kpi_id BETWEEN %(low)s AND %(high)s
        AND (%(kpis)s::bigint[] IS NULL OR kpi_id = ANY(%(kpis)s))
)
"""

_COPY = """
COPY kpis_measurement
    (kpi_id, date, segment, value, sample_size, note, source, entered_by, entered_at, import_run)
FROM STDIN (FORMAT csv, FORCE_NOT_NULL (segment, note))
"""

_STAGE = """
DROP TABLE IF EXISTS pg_temp.kpis_loading;
CREATE TEMP TABLE kpis_loading (
    kpi_id bigint NOT NULL, date date NOT NULL, segment varchar(80) NOT NULL,
    value double precision NOT NULL, sample_size integer, note varchar(500) NOT NULL
) ON COMMIT DROP
"""

_COPY_STAGE = """
COPY pg_temp.kpis_loading (kpi_id, date, segment, value, sample_size, note)
FROM STDIN (FORMAT csv, FORCE_NOT_NULL (segment, note))
"""

# What is new and what differs, by one join. A value that is the same stays as it is, with whoever
# entered it. The range is named once more, so that only its partitions are looked at.
_COMPARE = """
DROP TABLE IF EXISTS pg_temp.kpis_news;
CREATE TEMP TABLE kpis_news ON COMMIT DROP AS
SELECT s.*, m.kpi_id IS NULL AS is_new
FROM pg_temp.kpis_loading s LEFT JOIN kpis_measurement m
    ON m.kpi_id = s.kpi_id AND m.date = s.date AND m.segment = s.segment
    AND m.date BETWEEN %(first)s AND %(last)s
WHERE m.kpi_id IS NULL
    OR m.value <> s.value
    OR (%(has_sizes)s AND m.sample_size IS DISTINCT FROM s.sample_size)
    OR (%(has_notes)s AND m.note <> s.note)
"""

_COUNT = """
SELECT kpi_id, count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
    min(date), max(date)
FROM pg_temp.kpis_news GROUP BY kpi_id
"""

# Not MERGE: in one that inserts and updates by turns PostgreSQL 18.6 shows the updates behind the
# first insert to no statement trigger, so that they would be missing from history.
_UPDATE = """
UPDATE kpis_measurement m
SET value = s.value, sample_size = s.sample_size, note = s.note, source = 'import',
    entered_by = %(by)s, entered_at = %(now)s, import_run = %(run)s
FROM pg_temp.kpis_news s
WHERE NOT s.is_new AND m.kpi_id = s.kpi_id AND m.date = s.date AND m.segment = s.segment
    AND m.date BETWEEN %(first)s AND %(last)s
"""

_INSERT = """
INSERT INTO kpis_measurement
    (kpi_id, date, segment, value, sample_size, note, source, entered_by, entered_at, import_run)
SELECT kpi_id, date, segment, value, sample_size, note, 'import', %(by)s, %(now)s, %(run)s
FROM pg_temp.kpis_news WHERE is_new ORDER BY kpi_id, date, segment
"""


class Stamp:
    """Who and what stands beside every value of a run. `has_sizes` and `has_notes`: the file has
    such columns, so that they are compared as well.
    """

    def __init__(
        self, *, run_id: int, by: User | None, now: dt.datetime, has_sizes: bool, has_notes: bool
    ) -> None:
        self.run_id = run_id
        self.by = by.pk if by else None
        self.now = now
        self.has_sizes = has_sizes
        self.has_notes = has_notes


def publish(values: pl.DataFrame, order: pl.Series, stamp: Stamp) -> pl.DataFrame:
    """Write the values at the places of `order`, one for each (kpi, date, segment) and sorted so.

    Answers for each KPI of which something was written: how many are new and changed, and the
    first and last day written.
    """
    import polars as pl

    if values.is_empty():
        return _written([])
    first, last = values["date"].min(), values["date"].max()
    with connection.cursor() as cursor:
        apply_context(cursor)
        if _stands_anything(cursor, values, first, last):
            return _merge(cursor, _plain(values, order), stamp, first, last)
        reach("imports.staged")
        _copy(cursor, _COPY, _stamped(_plain(values, order), stamp))
    return _counted(values.select(pl.col("kpi", "date").gather(order)))


def _stands_anything(cursor: Any, values: pl.DataFrame, first: Any, last: Any) -> bool:
    """Whether there may be a value in the way. The KPIs are locked, so none can come meanwhile."""
    kpis = values["kpi"].unique().to_list()
    cursor.execute(
        _ANY,
        {
            "first": first, "last": last, "low": min(kpis), "high": max(kpis),
            "kpis": kpis if len(kpis) <= FEW else None,
        },
    )  # fmt: skip
    return bool(cursor.fetchone()[0])


def _merge(
    cursor: Any, pieces: Iterator[pl.DataFrame], stamp: Stamp, first: Any, last: Any
) -> pl.DataFrame:
    cursor.execute(_STAGE)
    _copy(cursor, _COPY_STAGE, pieces)
    cursor.execute("ANALYZE pg_temp.kpis_loading")
    reach("imports.staged")
    arguments = {
        "first": first, "last": last, "by": stamp.by, "now": stamp.now, "run": stamp.run_id,
        "has_sizes": stamp.has_sizes, "has_notes": stamp.has_notes,
    }  # fmt: skip
    cursor.execute(_COMPARE, arguments)
    cursor.execute(_COUNT)
    rows = cursor.fetchall()
    if any(new for _, new, *_ in rows) and any(changed for _, _, changed, *_ in rows):
        cursor.execute("ANALYZE pg_temp.kpis_news")
    if any(changed for _, _, changed, *_ in rows):
        cursor.execute(_UPDATE, arguments)
    if any(new for _, new, *_ in rows):
        cursor.execute(_INSERT, arguments)
    cursor.execute("DROP TABLE pg_temp.kpis_loading, pg_temp.kpis_news")
    return _written(rows)


def _copy(cursor: Any, statement: str, pieces: Iterator[pl.DataFrame]) -> None:
    """While the database takes one piece, the next is put into words."""
    with ThreadPoolExecutor(1) as thread, cursor.copy(statement) as copy:
        waiting = thread.submit(_text, next(pieces, None))
        while text := waiting.result():
            waiting = thread.submit(_text, next(pieces, None))
            copy.write(text)


def _text(piece: pl.DataFrame | None) -> bytes:
    return b"" if piece is None else piece.write_csv(include_header=False).encode()


def _plain(values: pl.DataFrame, order: pl.Series) -> Iterator[pl.DataFrame]:
    """The values in their order, a piece at a time: memory for one piece is enough."""
    import polars as pl

    columns = values.select("kpi", "date", "segment", "value", "sample_size", "note")
    for start in range(0, len(order), SLICE):
        piece = columns[order.slice(start, SLICE)]
        yield piece.with_columns(pl.col("segment", "note").cast(pl.String))


def _stamped(pieces: Iterator[pl.DataFrame], stamp: Stamp) -> Iterator[pl.DataFrame]:
    """With what is the same for all."""
    import polars as pl

    same = [
        pl.lit("import").alias("source"),
        pl.lit(stamp.by, pl.Int64).alias("entered_by"),
        pl.lit(stamp.now.isoformat()).alias("entered_at"),
        pl.lit(stamp.run_id, pl.Int64).alias("import_run"),
    ]
    for piece in pieces:
        yield piece.with_columns(same)


def _counted(values: pl.DataFrame) -> pl.DataFrame:
    """As `_merge` answers, where all are new."""
    import polars as pl

    return values.group_by("kpi").agg(
        pl.len().cast(pl.Int64).alias("new"),
        pl.lit(0, pl.Int64).alias("changed"),
        pl.col("date").min().alias("first"),
        pl.col("date").max().alias("last"),
    )


def _written(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        rows,
        schema={
            "kpi": pl.UInt32, "new": pl.Int64, "changed": pl.Int64,
            "first": pl.Date, "last": pl.Date,
        },
        orient="row",
    )  # fmt: skip
