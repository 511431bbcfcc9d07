"""The values that stand where those of a file would go, fetched in columns and compared there."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from kpis.services.loading.copying import SINCE

if TYPE_CHECKING:
    import polars as pl

SPARSE = 8
KEY = ["kpi", "date", "segment"]

# Nearly every value has no segment and no note: 24 bytes each, in one field, are sent and read in a
# fraction of the time that rows take. The others come as lines of CSV.
_FOUND = """
SELECT
    string_agg(
        int8send(kpi_id) || float8send(value) || date_send(date)
            || int4send(coalesce(sample_size, -1)), ''
    ) FILTER (WHERE segment = '' AND note = ''),
    string_agg(
        concat_ws(
            ',', kpi_id, date - DATE '1970-01-01', '"' || replace(segment, '"', '""') || '"',
            value, coalesce(sample_size, -1), '"' || replace(note, '"', '""') || '"'
        ),
        E'\\n'
    ) FILTER (WHERE segment <> '' OR note <> '')
"""

_BOX = f"""{_FOUND}
FROM kpis_measurement
WHERE date BETWEEN %(first)s AND %(last)s AND kpi_id BETWEEN %(low)s AND %(high)s
"""

# Of KPIs and days that lie far apart only those that are meant.
_PICKED = f"""{_FOUND}
FROM unnest(%(kpis)s::bigint[], %(days)s::date[]) AS wanted (kpi, day)
    JOIN kpis_measurement ON kpi_id = wanted.kpi AND date = wanted.day
WHERE date BETWEEN %(first)s AND %(last)s
"""


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
    both = values.with_columns(pl.col("segment").cast(pl.String)).join(
        found, on=KEY, how="left", maintain_order="left"
    )
    differs = pl.col("value") != pl.col("old_value")
    if has_sizes:
        differs |= pl.col("sample_size").fill_null(-1) != pl.col("old_size")
    if has_notes:
        differs |= pl.col("note").cast(pl.String) != pl.col("old_note")
    is_new = pl.col("old_value").is_null()
    marks = both.select(is_new.alias("is_new"), (~is_new & differs).alias("is_changed"))
    return Differences(values.filter(marks["is_new"]), values.filter(marks["is_changed"]))


def _standing(cursor: Any, values: pl.DataFrame) -> pl.DataFrame:
    """What stands under the keys of the values, and perhaps around them."""
    import polars as pl

    first, last = values["date"].min(), values["date"].max()
    low, high = values["kpi"].min(), values["kpi"].max()
    box = (last - first).days + 1, high - low + 1  # type: ignore[operator, union-attr]  # polars
    if values.height * SPARSE >= box[0] * box[1]:
        cursor.execute(_BOX, {"first": first, "last": last, "low": low, "high": high})
    else:
        wanted = values.select("kpi", "date").unique()
        kpis, days = wanted["kpi"].to_list(), wanted["date"].to_list()
        cursor.execute(_PICKED, {"first": first, "last": last, "kpis": kpis, "days": days})
    plain, others = cursor.fetchone()
    return pl.concat([_plain(bytes(plain or b"")), _others(others or "")])


def _plain(records: bytes) -> pl.DataFrame:
    """Records of 24 bytes: KPI, value, day, sample size."""
    import polars as pl

    return pl.DataFrame(
        {
            "kpi": pl.Series(numbers_of("q", records)[0::3], dtype=pl.UInt32),
            "date": pl.Series(numbers_of("i", records)[4::6], dtype=pl.Int32) + SINCE,
            "segment": pl.Series([""], dtype=pl.String).new_from_index(0, len(records) // 24),
            "old_value": pl.Series(numbers_of("d", records)[1::3], dtype=pl.Float64),
            "old_size": pl.Series(numbers_of("i", records)[5::6], dtype=pl.Int32),
            "old_note": pl.Series([""], dtype=pl.String).new_from_index(0, len(records) // 24),
        }
    ).cast({"date": pl.Date})


def numbers_of(kind: str, records: bytes) -> array[Any]:
    """All bytes read as numbers of a kind; only those that are such ones make sense."""
    numbers = array(kind, records)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _others(lines: str) -> pl.DataFrame:
    """Lines of CSV with the same columns."""
    import polars as pl

    kinds = {
        "kpi": pl.UInt32, "date": pl.Int32, "segment": pl.String, "old_value": pl.Float64,
        "old_size": pl.Int32, "old_note": pl.String,
    }  # fmt: skip
    if not lines:
        return pl.DataFrame(schema=kinds).cast({"date": pl.Date})
    found = pl.read_csv(BytesIO(lines.encode()), has_header=False, schema=kinds)
    texts = pl.col("segment", "old_note").fill_null("")
    return found.with_columns(texts).cast({"date": pl.Date})
