"""Wide files: a product a line, and many values behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.faults import reach
from imports.kinds import STEP_READ, Job
from imports.readers import open_table, read_wide
from imports.readers.records import Broken, Reading, Subject
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.services.loading.gathering import Gathered, schema
from portfolio.services import LoadedProducts, ProductRecord, load_products

if TYPE_CHECKING:
    import polars as pl

STEP_PRODUCTS = "Writing products"
CHUNK = 50_000
REPORT_EVERY = 200
COLUMNS = ("line", "metric", "date", "value", "raw", "column")


@dataclass(slots=True)
class WideFile:
    """What was read of it: records, and values still without their products."""

    records: list[ProductRecord] = field(default_factory=list)
    rows: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    chunks: list[pl.DataFrame] = field(default_factory=list)
    _values: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, reading: Reading, metric: Metric) -> None:
        """Keep a value; full lists become columns, which take a tenth of the room."""
        place = self.labels.setdefault(reading.column, len(self.labels))
        self._values.append(
            (reading.line, metric.pk, reading.day, reading.value, reading.raw, place)
        )
        if len(self._values) >= CHUNK:
            self.pack()

    def pack(self) -> None:
        """Make columns of what is left."""
        import polars as pl

        if self._values:
            kinds = {name: schema()[name] for name in COLUMNS}
            self.chunks.append(pl.DataFrame(self._values, schema=kinds, orient="row"))
            self._values = []


def read_file(job: Job, metrics: Mapping[str, Metric], refusals: CountedRefusals) -> WideFile:
    """The whole file; `metrics` by the text that the mapping uses.

    Raises:
        FileRefused: it can't be read.
        MappingRefused: it lacks a column.
    """
    table = open_table(job.path, job.mapping.file)
    found = WideFile()
    for item in read_wide(table, job.mapping):
        if isinstance(item, Reading):
            metric = metrics[item.key]
            if item.reason:
                refusals.add(line=item.line, column=item.column, raw=item.raw, reason=item.reason,
                             series=metric.code)  # fmt: skip
            elif item.value is not None:
                found.add(item, metric)
            continue
        if isinstance(item, Subject):
            found.records.append(ProductRecord(item.line, item.fields))
        elif isinstance(item, Broken):
            refusals.add(line=item.line, column="", raw=item.raw, reason=item.reason)
        found.rows += 1
        if found.rows % REPORT_EVERY == 0:
            job.report(STEP_READ, found.rows, table.about_rows)
            reach("imports.parsing")
    found.pack()
    return found


def take_file(
    job: Job, file: WideFile, gathered: Gathered, refusals: CountedRefusals
) -> LoadedProducts:
    """Make and change its products, then take the values of those that are there now."""
    import polars as pl

    job.report(STEP_PRODUCTS, file.rows, file.rows)
    loaded = load_products(
        file.records,
        mapping=job.mapping,
        may_create=makes_products(job),
        run_id=job.run_id,
        refusals=refusals,
        by=job.by,
        now=job.now,
    )
    ids = pl.DataFrame(
        list(loaded.ids.items()), schema={"line": pl.UInt32, "product": pl.Int64}, orient="row"
    )
    for chunk in file.chunks:
        kept = chunk.join(ids, on="line", how="inner", maintain_order="left")
        gathered.take(
            kept.with_columns(
                segment=pl.lit("", pl.Categorical),
                sample_size=pl.lit(None, pl.Int64),
                note=pl.lit("", pl.Categorical),
                date_text=pl.col("raw").cast(pl.Categorical),
            )
        )
    return loaded


def makes_products(job: Job) -> bool:
    """A mapping that gives a name and a portfolio says enough for new products."""
    given = job.mapping.fields.keys() | job.mapping.when_new.keys()
    return "name" in job.mapping.fields and "portfolio" in given
