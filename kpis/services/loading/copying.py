"""Values as COPY takes them into the table, a piece after the other.

Nearly every value has neither segment nor note. PostgreSQL reads those as records of one width in
two thirds of the time that it needs for text; the others come as lines of CSV.
"""

from __future__ import annotations

import datetime as dt
import struct
import sys
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from accounts.models import User

if TYPE_CHECKING:
    import polars as pl

PIECE = 10_000
SINCE = 10_957  # days from 1970-01-01, where those of polars begin, to 2000-01-01
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_COLUMNS = """
    (kpi_id, date, segment, value, sample_size, note, source, entered_by, entered_at, import_run)
"""
_COPY_RECORDS = f"COPY {{table}} {_COLUMNS} FROM STDIN (FORMAT binary)"
_COPY_LINES = f"COPY {{table}} {_COLUMNS} FROM STDIN (FORMAT csv, FORCE_NOT_NULL (segment, note))"
_COPY_STAGE = """
COPY pg_temp.kpis_loading (kpi_id, date, segment, value, sample_size, note)
FROM STDIN (FORMAT csv, FORCE_NOT_NULL (segment, note))
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


class Words(NamedTuple):
    """The statement of a COPY, and what goes into it."""

    statement: str
    content: bytes


def words_of(values: pl.DataFrame, stamp: Stamp, table: str) -> list[Words]:
    """How values that are new go into `table`, which is that of all values or a part of it."""
    import polars as pl

    is_plain = values.select((pl.col("segment") == "") & (pl.col("note") == "")).to_series()
    plain, others = values.filter(is_plain), values.filter(~is_plain)
    both = (
        (_COPY_RECORDS, b"" if plain.is_empty() else _records(plain, stamp)),
        (_COPY_LINES, b"" if others.is_empty() else _lines(others, stamp)),
    )
    return [Words(statement.format(table=table), words) for statement, words in both if words]


def copy_in(cursor: Any, words: Sequence[Words]) -> None:
    """What `words_of` has made of values, into the table."""
    for statement, content in words:
        with cursor.copy(statement) as copy:
            copy.write(content)


def copy_to_stage(cursor: Any, values: pl.DataFrame) -> None:
    """Values that differ into the table beside."""
    with cursor.copy(_COPY_STAGE) as copy:
        for piece in values.iter_slices(PIECE):
            copy.write(_text(_columns(piece)))


def _records(values: pl.DataFrame, stamp: Stamp) -> bytes:
    """The binary format: values with a sample size, then those without."""
    has_size = values["sample_size"].is_not_null()
    with_size = _Form(stamp, has_size=True).of(values.filter(has_size))
    without = _Form(stamp, has_size=False).of(values.filter(~has_size))
    return b"".join((_HEAD, with_size, without, _TAIL))


class _Form:
    """The record that all values share, and where what differs goes."""

    def __init__(self, stamp: Stamp, *, has_size: bool) -> None:
        micros = (stamp.now - _EPOCH) // dt.timedelta(microseconds=1)
        self._record = struct.pack(">h", 10)
        self._kpi = self._field(bytes(8))
        self._day = self._field(bytes(4))
        self._field(b"")
        self._value = self._field(bytes(8))
        self._size = self._field(bytes(4)) if has_size else self._field(None)
        self._has_size = has_size
        self._field(b"")
        self._field(b"import")
        self._field(None if stamp.by is None else struct.pack(">q", stamp.by))
        self._field(struct.pack(">q", micros))
        self._field(struct.pack(">q", stamp.run_id))

    def _field(self, content: bytes | None) -> int:
        """Add a field; where its content begins."""
        self._record += struct.pack(">i", -1 if content is None else len(content))
        begin = len(self._record)
        self._record += content or b""
        return begin

    def of(self, values: pl.DataFrame) -> bytes:
        """A record for each value."""
        found = bytearray(self._record * values.height)
        self._fill(found, self._kpi, "q", values["kpi"])
        self._fill(found, self._day, "i", values["date"].to_physical() - SINCE)
        self._fill(found, self._value, "d", values["value"])
        if self._has_size:
            self._fill(found, self._size, "i", values["sample_size"])
        return bytes(found)

    def _fill(self, found: bytearray, begin: int, kind: str, numbers: pl.Series) -> None:
        """A byte of every number at a time."""
        column = array(kind, numbers.to_list())
        if sys.byteorder == "little":
            column.byteswap()
        content, size = column.tobytes(), column.itemsize
        for place in range(size):
            found[begin + place :: len(self._record)] = content[place::size]


def _lines(values: pl.DataFrame, stamp: Stamp) -> bytes:
    """With what is the same for all."""
    import polars as pl

    same = [
        pl.lit("import").alias("source"),
        pl.lit(stamp.by, pl.Int64).alias("entered_by"),
        pl.lit(stamp.now.isoformat()).alias("entered_at"),
        pl.lit(stamp.run_id, pl.Int64).alias("import_run"),
    ]
    return _text(_columns(values).with_columns(same))


def _text(values: pl.DataFrame) -> bytes:
    return values.write_csv(include_header=False).encode()


def _columns(values: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return values.select(
        "kpi", "date", pl.col("segment").cast(pl.String), "value", "sample_size",
        pl.col("note").cast(pl.String),
    )  # fmt: skip
