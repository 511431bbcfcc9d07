"""Long files: a value a line, with its product, metric and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.faults import reach
from imports.kinds import STEP_READ, Job
from imports.readers.fast import read_parsed
from imports.readers.frames import by_text
from imports.readers.records import Broken, LongRow, Table
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.turns import Turns
from kpis.services.loading.writing import Writer
from portfolio.services import ProductFinder

if TYPE_CHECKING:
    import polars as pl

LARGE = 256 * 1024
NO_METRIC = "There is no metric with this code or name."


@dataclass(slots=True)
class LongFile:
    """How its lines are taken."""

    gathered: Gathered
    finder: ProductFinder
    refusals: CountedRefusals
    catalogue: dict[str, Metric]
    rows: int = 0
    _metrics: dict[str, Metric | None] = field(default_factory=dict)

    def metric(self, text: str) -> Metric | None:
        """By code or name, whatever the case."""
        if text not in self._metrics:
            self._metrics[text] = self.catalogue.get(" ".join(text.split()).casefold())
        return self._metrics[text]

    def refuse(self, rows: Iterable[LongRow | Broken]) -> None:
        """Lines that can't be read, or have a cell without which they say nothing."""
        self.refusals.add_many(
            (row.line, "", "", row.raw, row.reason)
            if isinstance(row, Broken)
            else (row.line, *self._cell(row))
            for row in rows
        )

    def _cell(self, row: LongRow) -> tuple[str, str, str, str]:
        assert row.refused is not None  # noqa: S101  # the reader has put it among these
        column, raw, reason = row.refused
        return column, self._code(row.texts["metric"]), raw, reason

    def _code(self, text: str) -> str:
        metric = self.metric(text)
        return metric.code if metric else ""

    def learn(self, chunk: pl.DataFrame, turns: Turns) -> None:
        """Look up the products that are not known yet."""
        import polars as pl

        unknown = self.finder.unknown(chunk["product"].unique().cast(pl.String).to_list())
        if unknown:
            with turns:
                self.finder.learn(unknown)

    def take(self, chunk: pl.DataFrame) -> None:
        """Lines whose cells are good: find their products and metrics, keep or refuse them."""
        import polars as pl

        for name in ("segment", "note"):
            if name not in chunk.columns:
                chunk = chunk.with_columns(pl.lit("", pl.Categorical).alias(name))
        found = chunk.rename({"product": "product_text", "metric": "metric_text"}).with_columns(
            by_text(chunk["product"], self.finder.ids.get, pl.Int64).alias("product"),
            by_text(chunk["metric"], self._metric_key, pl.Int64).alias("metric"),
        )
        good = pl.col("product").is_not_null() & pl.col("metric").is_not_null()
        is_good = found.select(good).to_series()
        if not is_good.all():
            self._refuse_strangers(found.filter(~is_good))
            found = found.filter(is_good)
        column = pl.lit(self.gathered.places["value"], pl.Int32)
        self.gathered.take(found.with_columns(column=column))

    def _metric_key(self, text: str) -> int | None:
        metric = self.metric(text)
        return metric.pk if metric else None

    def _refuse_strangers(self, rows: pl.DataFrame) -> None:
        told = rows.select("line", "product", "product_text", "metric_text")
        self.refusals.add_many(self._stranger(row) for row in told.iter_rows(named=True))

    def _stranger(self, row: dict[str, Any]) -> tuple[int, str, str, str, str]:
        """The product is told before the metric."""
        key = "product" if row["product"] is None else "metric"
        text = row[f"{key}_text"]
        reason = self.finder.reasons[text] if key == "product" else NO_METRIC
        column = self.gathered.labels[self.gathered.places[key]]
        return row["line"], column, self._code(row["metric_text"]), text, reason


def take_rows(job: Job, table: Table, file: LongFile, writer: Writer) -> None:
    """Read the file, take what is good, and write of it what can be written already.

    Raises:
        FileRefused: it can't be read.
        MappingRefused: it lacks a column.
    """
    for parsed in read_parsed(table, job.mapping, is_large=job.path.stat().st_size > LARGE):
        file.rows += parsed.rows
        file.refuse(parsed.refused)
        file.learn(parsed.frame, writer.turns)
        file.take(parsed.frame)
        job.report(STEP_READ, file.rows, table.about_rows)
        reach("imports.parsing")
        writer.keep_up()
