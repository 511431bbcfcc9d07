"""Values into the table: what is new by COPY, what differs by an update; the rest stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts.models import User
from core.audit import apply_context
from core.faults import reach
from kpis.services.loading.standing import compare

if TYPE_CHECKING:
    import polars as pl

PIECE = 10_000
MANY = 50_000

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

# Not MERGE: in one that inserts and updates by turns PostgreSQL 18.6 shows the updates behind the
# first insert to no statement trigger, so that they would be missing from history. The range is
# named once more, so that only its partitions are looked at.
_UPDATE = """
UPDATE kpis_measurement m
SET value = s.value, sample_size = s.sample_size, note = s.note, source = 'import',
    entered_by = %(by)s, entered_at = %(now)s, import_run = %(run)s
FROM pg_temp.kpis_loading s
WHERE m.kpi_id = s.kpi_id AND m.date = s.date AND m.segment = s.segment
    AND m.date BETWEEN %(first)s AND %(last)s
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


class Publisher:
    """Writes slices of values, sorted by their key and one for each, of KPIs that are locked.

    `written` answers for each KPI of which something was written: how many are new and changed, and
    the first and last day written.
    """

    def __init__(self, stamp: Stamp) -> None:
        self._stamp = stamp
        self._changed: list[pl.DataFrame] = []
        self._waiting = 0
        self._counts: list[pl.DataFrame] = []

    def publish(self, values: pl.DataFrame) -> None:
        """Write what is new; what differs waits until it is many, or the end."""
        with connection.cursor() as cursor:
            apply_context(cursor)
            found = compare(
                cursor, values,
                has_sizes=self._stamp.has_sizes, has_notes=self._stamp.has_notes,
            )  # fmt: skip
            if not found.new.is_empty():
                _copy(cursor, _COPY, _stamped(_pieces(found.new), self._stamp))
        reach("imports.staged")
        self._counts.append(_counted(found.new, found.changed))
        if not found.changed.is_empty():
            self._changed.append(found.changed)
            self._waiting += found.changed.height
        if self._waiting >= MANY:
            self._update()

    def written(self) -> pl.DataFrame:
        """Write what still waits."""
        import polars as pl

        if self._waiting:
            self._update()
        return (
            pl.concat([_counted_nothing(), *self._counts])
            .group_by("kpi")
            .agg(
                pl.col("new", "changed").sum(),
                pl.col("first").min(),
                pl.col("last").max(),
            )
        )

    def _update(self) -> None:
        import polars as pl

        values = pl.concat(self._changed)
        first: Any = values["date"].min()
        last: Any = values["date"].max()
        self._changed, self._waiting = [], 0
        stamp = self._stamp
        with connection.cursor() as cursor:
            apply_context(cursor)
            cursor.execute(_STAGE)
            _copy(cursor, _COPY_STAGE, _pieces(values))
            cursor.execute("ANALYZE pg_temp.kpis_loading")
            cursor.execute(
                _UPDATE,
                {
                    "first": first, "last": last, "by": stamp.by, "now": stamp.now,
                    "run": stamp.run_id,
                },
            )  # fmt: skip
            cursor.execute("DROP TABLE pg_temp.kpis_loading")


def _copy(cursor: Any, statement: str, pieces: Iterator[pl.DataFrame]) -> None:
    """While the database takes one piece, the next is put into words."""
    with ThreadPoolExecutor(1) as thread, cursor.copy(statement) as copy:
        waiting = thread.submit(_text, next(pieces, None))
        while text := waiting.result():
            waiting = thread.submit(_text, next(pieces, None))
            copy.write(text)


def _text(piece: pl.DataFrame | None) -> bytes:
    return b"" if piece is None else piece.write_csv(include_header=False).encode()


def _pieces(values: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Memory for the words of one piece is enough."""
    import polars as pl

    columns = values.select(
        "kpi", "date", pl.col("segment").cast(pl.String), "value", "sample_size",
        pl.col("note").cast(pl.String),
    )  # fmt: skip
    return columns.iter_slices(PIECE)


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


def _counted(new: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """How many of each KPI, and the span of their days."""
    import polars as pl

    return (
        pl.concat(
            [
                new.select("kpi", "date", pl.lit(value=True).alias("is_new")),
                changed.select("kpi", "date", pl.lit(value=False).alias("is_new")),
            ]
        )
        .group_by("kpi")
        .agg(
            pl.col("is_new").sum().cast(pl.Int64).alias("new"),
            (~pl.col("is_new")).sum().cast(pl.Int64).alias("changed"),
            pl.col("date").min().alias("first"),
            pl.col("date").max().alias("last"),
        )
    )


def _counted_nothing() -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        schema={
            "kpi": pl.UInt32, "new": pl.Int64, "changed": pl.Int64,
            "first": pl.Date, "last": pl.Date,
        }
    )  # fmt: skip
