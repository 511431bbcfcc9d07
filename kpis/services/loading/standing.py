"""The values that stand where those of a file would go, fetched in columns and compared there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    import polars as pl

SPARSE = 8
_SINCE = dt.date(1970, 1, 1).toordinal() - 1  # days from 0001-01-01 to where those of polars begin

# Nearly every value has no segment and no note: of these three fields hold all keys (KPI and day in
# one number), values and sizes, sent and read in a fraction of the time that rows take. The others
# come as lines of CSV.
_FOUND = """
SELECT
    string_agg(int8send(key), '') FILTER (WHERE is_plain),
    string_agg(float8send(value), '') FILTER (WHERE is_plain),
    string_agg(int4send(size), '') FILTER (WHERE is_plain),
    string_agg(
        concat_ws(
            ',', key, value, size,
            '"' || replace(segment, '"', '""') || '"', '"' || replace(note, '"', '""') || '"'
        ),
        E'\\n'
    ) FILTER (WHERE NOT is_plain)
FROM (
    SELECT (kpi_id << 32) + (date - DATE '0001-01-01') AS key, value,
        coalesce(sample_size, -1) AS size, segment, note, segment = '' AND note = '' AS is_plain
    FROM {where}
    OFFSET 0  -- so that all this is worked out once a row
) AS standing
"""

_BOX = _FOUND.format(
    where="""kpis_measurement
    WHERE date BETWEEN %(first)s AND %(last)s AND kpi_id BETWEEN %(low)s AND %(high)s"""
)

# Of KPIs and days that lie far apart only those that are meant.
_PICKED = _FOUND.format(
    where="""unnest(%(kpis)s::bigint[], %(days)s::date[]) AS wanted (kpi, day)
        JOIN kpis_measurement ON kpi_id = wanted.kpi AND date = wanted.day
    WHERE date BETWEEN %(first)s AND %(last)s"""
)


@dataclass(frozen=True, slots=True)
class Differences:
    """Of the values given, those for which none stands, and those for which another one does."""

    new: pl.DataFrame
    changed: pl.DataFrame


def compare(cursor: Any, values: pl.DataFrame, *, has_sizes: bool, has_notes: bool) -> Differences:
    """What is new and what differs. A value that is the same stays, with whoever entered it."""
    import polars as pl

    found = _standing(cursor, values)
    if found.is_empty():
        return Differences(values, values.clear())
    both = _beside(values, found)
    differs = pl.col("value") != pl.col("old_value")
    if has_sizes:
        differs |= pl.col("sample_size").fill_null(-1) != pl.col("old_size")
    if has_notes:
        note = pl.col("old_note") if "old_note" in both.columns else pl.lit("")
        differs |= pl.col("note").cast(pl.String) != note
    is_new = pl.col("old_value").is_null()
    marks = both.select(is_new.alias("is_new"), (~is_new & differs).alias("is_changed"))
    return Differences(values.filter(marks["is_new"]), values.filter(marks["is_changed"]))


def _beside(values: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The values with what stands under their keys; most files know of no segments."""
    import polars as pl

    key = pl.col("kpi").cast(pl.Int64) * 2**32 + pl.col("date").to_physical() + _SINCE
    on = ["key"]
    if "segment" in found.columns:
        values = values.with_columns(pl.col("segment").cast(pl.String))
        on.append("segment")
    elif (values["segment"] != "").any():
        found = found.with_columns(segment=pl.lit("", pl.Categorical))
        on.append("segment")
    return values.with_columns(key=key).join(found, on=on, how="left", maintain_order="left")


def _standing(cursor: Any, values: pl.DataFrame) -> pl.DataFrame:
    """What stands under the keys of the values, and perhaps around them: `key`, `old_value`,
    `old_size`; if one has a segment or a note, these as well.
    """
    import polars as pl

    first, last = values["date"].min(), values["date"].max()
    low, high = values["kpi"].min(), values["kpi"].max()
    box = (last - first).days + 1, high - low + 1  # type: ignore[operator, union-attr]  # polars
    if values.height * SPARSE >= box[0] * box[1]:
        row = _fetch(cursor, _BOX, {"first": first, "last": last, "low": low, "high": high})
    else:
        wanted = values.select("kpi", "date").unique()
        kpis, days = wanted["kpi"].to_list(), wanted["date"].to_list()
        row = _fetch(cursor, _PICKED, {"first": first, "last": last, "kpis": kpis, "days": days})
    *fields, others = row
    kinds = {"key": pl.Int64, "old_value": pl.Float64, "old_size": pl.Int32}
    found = pl.DataFrame(
        [
            numbers_of(kind, field or b"").alias(name)
            for (name, kind), field in zip(kinds.items(), fields, strict=True)
        ]
    )
    if others is None:
        return found
    texts = {"segment": pl.String, "old_note": pl.String}
    lines = pl.read_csv(BytesIO(others.encode()), has_header=False, schema={**kinds, **texts})
    found = found.with_columns(pl.lit("").alias(name) for name in texts)
    return pl.concat([found, lines.with_columns(pl.col(*texts).fill_null(""))])


def _fetch(cursor: Any, statement: str, arguments: dict[str, Any]) -> Any:
    """The one row, in the binary format: as text, bytes would take twice the room."""
    with psycopg.Cursor(cursor.connection) as binary:
        return binary.execute(statement, arguments, binary=True).fetchone()


def numbers_of(kind: Any, records: bytes) -> pl.Series:
    """All bytes read as numbers of a kind of polars, most significant bytes first."""
    import polars as pl

    count = len(records) // (4 if kind == pl.Int32 else 8)
    whole = pl.Series([records], dtype=pl.Binary)
    return whole.bin.reinterpret(dtype=pl.Array(kind, count), endianness="big").explode()
