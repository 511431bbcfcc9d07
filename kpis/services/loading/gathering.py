"""Values of a file on their way into the table: checked, refused with a reason, kept in columns.

Everything here works on whole columns (polars), so that a million lines cost seconds; polars is
imported where it is used, because only workers and commands need it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imports.readers.frames import printed
from imports.rules.reasons import LATER
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.rules import DateBounds

if TYPE_CHECKING:
    import polars as pl

LONGEST = {"segment": 80, "note": 500}
TEXT = ["line", "column", "raw"]


@dataclass(slots=True)
class Gathered:
    """The values that were taken so far. `metrics` by key; `labels` are the names of columns.

    A chunk comes with the columns of `schema`: `product` and `metric` are keys, `column` is a place
    in `labels`, `raw` and `date_text` are value and day as they were written (`raw` null: just as
    `printed` writes it). It is kept in the columns of `kept`, which take half the room: nearly
    every value can be written again from its number, and only the others keep their text.
    """

    metrics: Mapping[int, Metric]
    bounds: DateBounds
    refusals: CountedRefusals
    labels: Sequence[str]
    places: Mapping[str, int] = field(default_factory=dict)
    chunks: list[pl.DataFrame] = field(default_factory=list)
    spans: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    texts: list[pl.DataFrame] = field(default_factory=list)

    def take(self, chunk: pl.DataFrame) -> None:
        """Keep what is good, refuse the rest."""
        import polars as pl

        checked = chunk.join(self._limits(), on="metric", how="left", maintain_order="left")
        is_bad = checked.select(why=self._is_bad(checked)).to_series()
        if is_bad.any():
            self._refuse(checked.filter(is_bad))
            checked = checked.filter(~is_bad)
        odd = checked.filter(pl.col("raw").is_not_null()).filter(pl.col("raw") != printed())
        if odd.height:
            self.texts.append(odd.select(TEXT))
        if checked.height:
            kinds = kept().items()
            self.chunks.append(checked.select(pl.col(name).cast(kind) for name, kind in kinds))
            days: Any = checked["date"].min(), checked["date"].max()
            self.spans.append(days)

    def _limits(self) -> pl.DataFrame:
        """The bounds of each metric, and what is said of a value outside."""
        import polars as pl

        metrics = list(self.metrics.values())
        return pl.DataFrame(
            {
                "metric": [metric.pk for metric in metrics],
                "lower": [metric.lower for metric in metrics],
                "upper": [metric.upper for metric in metrics],
                "is_under": [f"This is under {_level(one, one.lower)}." for one in metrics],
                "is_over": [f"This is over {_level(one, one.upper)}." for one in metrics],
            },
            schema={
                "metric": pl.Int64, "lower": pl.Float64, "upper": pl.Float64,
                "is_under": pl.String, "is_over": pl.String,
            },
        )  # fmt: skip

    def _is_bad(self, rows: pl.DataFrame) -> pl.Expr:
        """Whether there is a reason to refuse a value."""
        import polars as pl

        day, value = pl.col("date"), pl.col("value")
        is_bad = (day < self.bounds.first) | (day > self.bounds.last)
        for outside in (value < pl.col("lower"), value > pl.col("upper")):
            is_bad |= outside.fill_null(value=False)
        for name, longest in LONGEST.items():
            texts = rows[name].unique()
            too_long = texts.filter(texts.cast(pl.String).str.len_chars() > longest)
            if len(too_long):
                is_bad |= pl.col(name).is_in(too_long.implode())
        return is_bad

    def _why(self) -> pl.Expr:
        """The reason to refuse a value."""
        import polars as pl

        first, last = self.bounds.first, self.bounds.last
        too_early = pl.lit(f"This day is before {first:%-d %B %Y}.")
        too_late = pl.lit(f"This day is after {last:%-d %B %Y}.")
        reason = (
            pl.when(pl.col("date") < first).then(too_early)
            .when(pl.col("date") > last).then(too_late)
            .when(pl.col("value") < pl.col("lower")).then(pl.col("is_under"))
            .when(pl.col("value") > pl.col("upper")).then(pl.col("is_over"))
        )  # fmt: skip
        for name, longest in LONGEST.items():
            words = pl.lit(f"The {name} is longer than {longest} characters.")
            is_long = pl.col(name).cast(pl.String).str.len_chars() > longest
            reason = reason.when(is_long).then(words)
        return reason.otherwise(None)

    def _refuse(self, rows: pl.DataFrame) -> None:
        """A bad day is told in the column of days, if there is one."""
        import polars as pl

        rows = rows.with_columns(why=self._why(), raw=pl.col("raw").fill_null(printed()))
        for line, column, metric, raw, date_text, why in rows.select(
            "line", "column", "metric", "raw", "date_text", "why"
        ).rows():  # fmt: skip
            is_day = why.startswith("This day")
            place = self.places.get("date", column) if is_day else column
            self.refusals.add(
                line=line,
                column=self.labels[place],
                raw=date_text if is_day else raw,
                reason=why,
                series=self.metrics[metric].code,
            )

    def refuse_earlier(self, rows: pl.DataFrame) -> None:
        """Values for which a later line has another."""
        for line, column, metric, raw in self.as_written(rows).select(
            "line", "column", "metric", "raw"
        ).rows():  # fmt: skip
            self.refuse_value(line, column, metric, raw, LATER)

    def refuse_value(self, line: int, column: int, metric: int, raw: str, reason: str) -> None:
        """Tell one value that was taken, or what comes of it."""
        self.refusals.add(
            line=line,
            column=self.labels[column],
            raw=raw,
            reason=reason,
            series=self.metrics[metric].code,
        )

    def as_written(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of `whole` with `raw`, the text of the value in the file."""
        import polars as pl

        texts = pl.concat([empty().select(TEXT), *self.texts]).unique(TEXT[:2], keep="last")
        found = rows.join(texts, on=["line", "column"], how="left", maintain_order="left")
        return found.with_columns(pl.col("raw").fill_null(printed()))

    def newest_day(self) -> dt.date | None:
        """The first day of the chunk that came last."""
        return self.spans[-1][0] if self.spans else None

    def between(self, first: dt.date, end: dt.date) -> pl.DataFrame:
        """What was taken from `first` to the day before `end`, in the order of the file."""
        import polars as pl

        day = pl.col("date")
        found = [
            chunk.filter((day >= first) & (day < end))
            for chunk, (oldest, newest) in zip(self.chunks, self.spans, strict=True)
            if oldest < end and newest >= first
        ]
        return pl.concat(found or [pl.DataFrame(schema=kept())])

    def whole(self) -> pl.DataFrame:
        """Everything that was taken, in the order of the file."""
        import polars as pl

        chunks, self.chunks, self.spans = self.chunks, [], []
        chunks = chunks or [pl.DataFrame(schema=kept())]
        # A column at a time, so that no more than one is there twice.
        return pl.DataFrame(
            [
                pl.concat([one.drop_in_place(name) for one in chunks], rechunk=True)
                for name in kept()
            ]
        )


def empty() -> pl.DataFrame:
    """A chunk without rows."""
    import polars as pl

    return pl.DataFrame(schema=schema())


def schema() -> dict[str, pl.DataType | type[pl.DataType]]:
    """The columns of a chunk."""
    import polars as pl

    return {
        "line": pl.UInt32, "product": pl.Int64, "metric": pl.Int64, "date": pl.Date,
        "segment": pl.Categorical, "value": pl.Float64, "sample_size": pl.Int64,
        "note": pl.Categorical, "raw": pl.String, "column": pl.Int32, "date_text": pl.Categorical,
    }  # fmt: skip


def kept() -> dict[str, pl.DataType | type[pl.DataType]]:
    """The columns that are kept of a chunk, narrow because there are many rows."""
    import polars as pl

    return {
        "line": pl.UInt32, "product": pl.UInt32, "metric": pl.UInt32, "date": pl.Date,
        "segment": pl.Categorical, "value": pl.Float64, "sample_size": pl.Int32,
        "note": pl.Categorical, "column": pl.Int32,
    }  # fmt: skip


def _level(metric: Metric, level: float | None) -> str:
    """A bound in words: "100 %"."""
    if level is None:
        return ""
    return f"{level:g} %" if metric.unit == "%" else f"{level:g}"
