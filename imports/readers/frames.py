"""Lines of a long file as columns (polars, imported where it is used).

A frame has `line`, a text column for each field that is neither day, value nor count, then `date`,
`value`, `sample_size`, and `raw` and `date_text`, value and day as they were written. Texts that
many lines share are categories: what they say is worked out once for all of these lines. `raw` is
null where a value is written as `printed` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from imports.readers.long import COUNT, DAY, VALUE, LongColumns
from imports.readers.records import LongRow

if TYPE_CHECKING:
    import polars as pl

MOST_DIGITS = 10.0**15


def text_keys(columns: LongColumns) -> tuple[str, ...]:
    """The fields that are texts."""
    return tuple(key for key in columns.columns if key not in {DAY, VALUE, COUNT})


def frame_schema(keys: Sequence[str]) -> dict[str, Any]:
    """The columns of a frame whose texts are `keys`."""
    import polars as pl

    return {
        "line": pl.UInt32,
        **dict.fromkeys(keys, pl.Categorical),
        "date": pl.Date,
        "value": pl.Float64,
        "sample_size": pl.Int64,
        "raw": pl.String,
        "date_text": pl.Categorical,
    }


def by_text(texts: pl.Series, answer: Callable[[str], object], kind: Any) -> pl.Series:
    """The answer (of type `kind`) to each text of a categorical column, found once a text."""
    import polars as pl

    once = texts.unique().drop_nulls()
    answers = [answer(text) for text in once.cast(pl.String).to_list()]
    codes = once.to_physical()
    highest: Any = codes.max() if answers else 0
    known = pl.Series([None], dtype=kind).new_from_index(0, highest + 1)
    if answers:
        known = known.scatter(codes, pl.Series(answers, dtype=kind))
    return known.gather(texts.to_physical())


def printed() -> pl.Expr:
    """How a value is written most often: "12", "12.5"."""
    import polars as pl

    value = pl.col("value")
    is_whole = (value == value.floor()) & (value.abs() < MOST_DIGITS)
    whole = value.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.when(is_whole).then(whole).otherwise(value.cast(pl.String))


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
