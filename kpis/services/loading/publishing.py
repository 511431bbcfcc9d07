"""Values into the table: what is new by COPY, what differs by an update; the rest stays."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import connection

from core.audit import apply_context
from core.faults import reach
from kpis.services.loading.copying import Stamp, Words, copy_in, copy_to_stage, words_of
from kpis.services.loading.standing import Differences, compare
from kpis.services.loading.turns import Turns
from kpis.services.partitions import table_of

if TYPE_CHECKING:
    import polars as pl

MANY = 50_000
AHEAD = 2
STATEMENT = 12_500  # short enough that a turn comes soon

_STAGE = """
DROP TABLE IF EXISTS pg_temp.kpis_loading;
CREATE TEMP TABLE kpis_loading (
    kpi_id bigint NOT NULL, date date NOT NULL, segment varchar(80) NOT NULL,
    value double precision NOT NULL, sample_size integer, note varchar(500) NOT NULL
) ON COMMIT DROP
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


class Publisher:
    """Writes slices of values, sorted by their key and one for each, of KPIs that are locked.

    A thread compares and copies them while the next lines are read; until it is settled, whoever
    uses the connection waits for a turn. `written` answers for each KPI of which something was
    written: how many are new and changed, and the first and last day written.
    """

    def __init__(self, stamp: Stamp, turns: Turns) -> None:
        self._stamp, self._turns = stamp, turns
        self._changed: list[pl.DataFrame] = []
        self._waiting = 0
        self._counts: list[pl.DataFrame] = []
        self._cursor: Any = None
        self._thread, self._speaker = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._under_way: deque[Future[Differences]] = deque()

    def publish(self, values: pl.DataFrame) -> None:
        """Write what is new; what differs waits until it is many, or the end."""
        if self._cursor is None:
            self._cursor = connection.cursor()
            with self._turns:
                apply_context(self._cursor)
        while len(self._under_way) >= AHEAD:
            self._count_next()
        if self._waiting >= MANY:
            self.settle()
            self._update()
        # The wrappers of a cursor belong to the thread that has made them.
        errors = connection.wrap_database_errors
        self._under_way.append(self._thread.submit(self._put, self._cursor.cursor, values, errors))

    def _put(
        self, cursor: Any, values: pl.DataFrame, errors: AbstractContextManager[None]
    ) -> Differences:
        """Compare the values with those that stand, and copy what is new. While the database takes
        one part, the next is put into words.
        """
        sizes, notes = self._stamp.has_sizes, self._stamp.has_notes
        with errors:
            with self._turns:
                found = compare(cursor, values, has_sizes=sizes, has_notes=notes)
                first: Any = found.new["date"].min()
                last: Any = found.new["date"].max()
                table = table_of(cursor, first, last)
            parts = (
                words_of(part, self._stamp, table) for part in found.new.iter_slices(STATEMENT)
            )
            waiting: Future[list[Words]] = self._speaker.submit(next, parts, [])
            while words := waiting.result():
                waiting = self._speaker.submit(next, parts, [])
                with self._turns:
                    copy_in(cursor, words)
        return found

    def settle(self) -> None:
        """Wait until nothing is under way; from then on the connection may be used."""
        while self._under_way:
            self._count_next()

    def stop(self) -> None:
        """Leave what has not begun, and wait for the rest, however it ends."""
        self._thread.shutdown(cancel_futures=True)
        self._speaker.shutdown()
        self._under_way.clear()

    def _count_next(self) -> None:
        found = self._under_way.popleft().result()
        reach("imports.staged")
        self._counts.append(_counted(found.new, found.changed))
        if not found.changed.is_empty():
            self._changed.append(found.changed)
            self._waiting += found.changed.height

    def written(self) -> pl.DataFrame:
        """Write what still waits."""
        import polars as pl

        self.settle()
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
            copy_to_stage(cursor, values)
            cursor.execute("ANALYZE pg_temp.kpis_loading")
            cursor.execute(
                _UPDATE,
                {
                    "first": first, "last": last, "by": stamp.by, "now": stamp.now,
                    "run": stamp.run_id,
                },
            )  # fmt: skip
            cursor.execute("DROP TABLE pg_temp.kpis_loading")


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
