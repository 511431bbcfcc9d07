"""Lines of a long file as columns (polars, imported where it is used).

A frame has `line`, a text column for each field that is neither day, value nor count, then `date`,
`value`, `sample_size`, and `raw` and `date_text`, value and day as they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imports.readers.long import COUNT, DAY, VALUE, LongColumns
from imports.readers.records import LongRow

if TYPE_CHECKING:
    import polars as pl


def text_keys(columns: LongColumns) -> tuple[str, ...]:
    """The fields that are texts."""
    return tuple(key for key in columns.columns if key not in {DAY, VALUE, COUNT})


def frame_schema(keys: Sequence[str]) -> dict[str, Any]:
    """The columns of a frame whose texts are `keys`."""
    import polars as pl

    return {
        "line": pl.UInt32,
        **dict.fromkeys(keys, pl.String),
        "date": pl.Date,
        "value": pl.Float64,
        "sample_size": pl.Int64,
        "raw": pl.String,
        "date_text": pl.String,
    }


def frame_of(rows: Sequence[LongRow], keys: Sequence[str]) -> pl.DataFrame:
    """Lines that were read one by one."""
    import polars as pl

    cells = [
        (
            row.line, *(row.texts[key] for key in keys), row.day, row.value, row.sample_size,
            row.raw, row.texts.get(DAY, ""),
        )
        for row in rows
    ]  # fmt: skip
    return pl.DataFrame(cells, schema=frame_schema(keys), orient="row")
