"""Long files: a value a line, with its product, metric and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.faults import reach
from imports.kinds import Job
from imports.readers import read_long
from imports.readers.records import Broken, LongRow, Table
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.services.loading.gathering import Gathered, schema
from portfolio.services import ProductFinder

if TYPE_CHECKING:
    import polars as pl

STEP_READ = "Reading the file"
CHUNK = 20_000
NO_METRIC = "There is no metric with this code or name."
FIELDS = ("product", "metric", "date", "value", "sample_size", "segment", "note")
PARSED = ("line", "product", "metric", "date", "segment", "value", "sample_size", "note", "raw",
          "date_text")  # fmt: skip


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

    def refuse(self, row: LongRow | Broken) -> None:
        """A line, or a cell of it without which the line says nothing."""
        if isinstance(row, Broken):
            self.refusals.add(line=row.line, column="", raw=row.raw, reason=row.reason)
            return
        assert row.refused is not None  # noqa: S101  # the caller has looked
        metric = self.metric(row.texts["metric"])
        self.refusals.add(
            line=row.line,
            column=row.refused.column,
            raw=row.refused.raw,
            reason=row.refused.reason,
            series=metric.code if metric else "",
        )

    def take(self, chunk: pl.DataFrame) -> None:
        """Lines whose cells are good: find their products and metrics, keep or refuse them."""
        import polars as pl

        self.finder.learn(chunk["product"].unique().to_list())
        texts = chunk["metric"].unique().to_list()
        codes = {text: metric.pk for text in texts if (metric := self.metric(text))}
        found = (
            chunk.rename({"product": "product_text", "metric": "metric_text"})
            .join(_keys("product", self.finder.ids), on="product_text", how="left",
                  maintain_order="left")
            .join(_keys("metric", codes), on="metric_text", how="left", maintain_order="left")
        )  # fmt: skip
        good = pl.col("product").is_not_null() & pl.col("metric").is_not_null()
        self._refuse_strangers(found.filter(~good))
        self.gathered.take(
            found.filter(good).with_columns(column=pl.lit(self.gathered.places["value"], pl.Int32))
        )

    def _refuse_strangers(self, rows: pl.DataFrame) -> None:
        labels, places = self.gathered.labels, self.gathered.places
        for row in rows.iter_rows(named=True):
            is_product = row["product"] is None
            key = "product" if is_product else "metric"
            text = row[f"{key}_text"]
            metric = self.metric(row["metric_text"])
            self.refusals.add(
                line=row["line"],
                column=labels[places[key]],
                raw=text,
                reason=self.finder.reasons[text] if is_product else NO_METRIC,
                series=metric.code if metric else "",
            )


def _keys(name: str, ids: dict[str, int]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        {f"{name}_text": list(ids), name: list(ids.values())},
        schema={f"{name}_text": pl.String, name: pl.Int64},
    )


def take_rows(job: Job, table: Table, file: LongFile) -> None:
    """Read the file line by line and take what is good.

    Raises:
        FileRefused: it can't be read.
        MappingRefused: it lacks a column.
    """
    for chunk in _chunks(read_long(table, job.mapping), file):
        file.take(chunk)
        job.report(STEP_READ, file.rows, table.about_rows)
        reach("imports.parsing")


def _chunks(rows: Iterable[LongRow | Broken], file: LongFile) -> Iterator[pl.DataFrame]:
    """The good lines, so many at a time; the others are refused on the way."""
    values: list[tuple[Any, ...]] = []
    for row in rows:
        file.rows += 1
        if isinstance(row, Broken) or row.refused is not None:
            file.refuse(row)
            continue
        values.append(cells_of(row))
        if len(values) >= CHUNK:
            yield frame_of(values)
            values = []
    yield frame_of(values)


def cells_of(row: LongRow) -> tuple[Any, ...]:
    """A line in the order of `PARSED`."""
    texts = row.texts
    return (
        row.line, texts["product"], texts["metric"], row.day, texts.get("segment", ""), row.value,
        row.sample_size, texts.get("note", ""), row.raw, texts.get("date", ""),
    )  # fmt: skip


def frame_of(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Lines as columns."""
    import polars as pl

    kinds = {**schema(), "product": pl.String, "metric": pl.String}
    return pl.DataFrame(rows, schema={name: kinds[name] for name in PARSED}, orient="row")
