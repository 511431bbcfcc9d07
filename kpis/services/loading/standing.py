"""The values that stand where those of a file would go, fetched in columns and compared there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

import psycopg

if TYPE_CHECKING:
    import polars as pl

SPARSE = 8

# Nearly every value has no segment and no note: of these three fields hold all places, values and
# sizes, sent and read in a fraction of the time that rows take. The others come as lines of CSV.
_FOUND = """
SELECT
    string_agg(int8send(place), '') FILTER (WHERE is_plain),
    string_agg(float8send(value), '') FILTER (WHERE is_plain),
    string_agg(int4send(size), '') FILTER (WHERE is_plain),
    string_agg(
        concat_ws(
            ',', place, value, size,
            '"' || replace(segment, '"', '""') || '"', '"' || replace(note, '"', '""') || '"'
        ),
        E'\\n'
    ) FILTER (WHERE NOT is_plain)
FROM (
    SELECT (kpi_id - %(low)s) * %(days)s + (date - %(first)s::date) AS place, value,
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
    where="""unnest(%(kpis)s::bigint[], %(dates)s::date[]) AS wanted (kpi, day)
        JOIN kpis_measurement ON kpi_id = wanted.kpi AND date = wanted.day
    WHERE date BETWEEN %(first)s AND %(last)s"""
)


@dataclass(frozen=True, slots=True)
class Differences:
    """Of the values given, those for which none stands, and those for which another one does."""

    new: pl.DataFrame
    changed: pl.DataFrame


class _Box(NamedTuple):
    """From the first to the last day and the lowest to the highest KPI of some values. Each pair of
    both has a place in it, counted from 0.
    """

    first: dt.date
    last: dt.date
    low: int
    high: int

    @classmethod
    def around(cls, values: pl.DataFrame) -> Self:
        days, kpis = values["date"], values["kpi"]
        return cls(*cast("Any", (days.min(), days.max(), kpis.min(), kpis.max())))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def size(self) -> int:
        return self.days * (self.high - self.low + 1)

    def places(self, values: pl.DataFrame) -> pl.Series:
        """Those of the values."""
        kpis = values["kpi"].cast(int) - self.low
        first = (self.first - dt.date(1970, 1, 1)).days
        return kpis * self.days + (values["date"].to_physical() - first)


def compare(cursor: Any, values: pl.DataFrame, *, has_sizes: bool, has_notes: bool) -> Differences:
    """What is new and what differs. A value that is the same stays, with whoever entered it."""
    import polars as pl

    box = _Box.around(values)
    found = _standing(cursor, values, box)
    if found.is_empty():
        return Differences(values, values.clear())
    both = _beside(values, found, box)
    differs = pl.col("value") != pl.col("old_value")
    if has_sizes:
        differs |= pl.col("sample_size").fill_null(-1) != pl.col("old_size")
    if has_notes:
        note = pl.col("old_note") if "old_note" in both.columns else pl.lit("")
        differs |= pl.col("note").cast(pl.String) != note
    is_new = pl.col("old_value").is_null()
    marks = both.select(is_new.alias("is_new"), (~is_new & differs).alias("is_changed"))
    return Differences(values.filter(marks["is_new"]), values.filter(marks["is_changed"]))


def _beside(values: pl.DataFrame, found: pl.DataFrame, box: _Box) -> pl.DataFrame:
    """The values with what stands in their places; most files know of no segments."""
    import polars as pl

    places = box.places(values)
    has_segments = "segment" in found.columns
    if not has_segments and not (values["segment"] != "").any():
        return values.with_columns(_in_places(found, places, box))
    if not has_segments:
        found = found.with_columns(segment=pl.lit(""), old_note=pl.lit(""))
    return values.with_columns(pl.col("segment").cast(pl.String), places.alias("place")).join(
        found, on=["place", "segment"], how="left", maintain_order="left"
    )


def _in_places(found: pl.DataFrame, places: pl.Series, box: _Box) -> list[pl.Series]:
    """What stands in these places: looked up in the box itself, where most of it is meant."""
    import polars as pl

    if places.len() * SPARSE < box.size:
        beside = places.alias("place").to_frame()
        return beside.join(found, on="place", how="left", maintain_order="left").get_columns()[1:]
    return [
        pl.Series([None], dtype=column.dtype)
        .new_from_index(0, box.size)
        .scatter(found["place"], column)
        .gather(places)
        .alias(column.name)
        for column in found.get_columns()[1:]
    ]


def _standing(cursor: Any, values: pl.DataFrame, box: _Box) -> pl.DataFrame:
    """What stands where the values would go, and perhaps around them: `place` in the box,
    `old_value`, `old_size`; if one has a segment or a note, these as well.
    """
    import polars as pl

    arguments: dict[str, Any] = {**box._asdict(), "days": box.days}
    if values.height * SPARSE >= box.size:
        *fields, others = _fetch(cursor, _BOX, arguments)
    else:
        wanted = values.select("kpi", "date").unique()
        arguments |= {"kpis": wanted["kpi"].to_list(), "dates": wanted["date"].to_list()}
        *fields, others = _fetch(cursor, _PICKED, arguments)
    kinds = {"place": pl.Int64, "old_value": pl.Float64, "old_size": pl.Int32}
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
