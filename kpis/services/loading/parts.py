"""Values on their way to rows: their KPIs, one value a key, the table, and what is told of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imports.kinds import Job, Outcome, Tally
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.services.loading.copying import Stamp
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.plans import PlanRule
from kpis.services.loading.publishing import Publisher
from kpis.services.loading.resolving import PAIR, Resolved, resolve_kpis
from kpis.services.loading.telling import tell
from kpis.services.loading.turns import Turns
from kpis.services.partitions import ensure_partitions_apart

if TYPE_CHECKING:
    import polars as pl

SLICE = 100_000
_KPI = 2**5  # days of a month
_MONTH = 2**32 * _KPI


class Part:
    """What has been written so far, in as many steps as its writer takes; all values of one key
    come in the same step.
    """

    def __init__(
        self, job: Job, gathered: Gathered, rules: Mapping[int, PlanRule], turns: Turns
    ) -> None:
        self._job, self._gathered, self._rules, self._turns = job, gathered, rules, turns
        self._publisher = Publisher(
            Stamp(
                run_id=job.run_id,
                by=job.by,
                now=job.now,
                has_sizes="sample_size" in job.mapping.long,
                has_notes="note" in job.mapping.long,
            ),
            turns,
        )
        self._resolved: Resolved | None = None
        self._taken: Counter[int] = Counter()
        self._earlier: list[pl.DataFrame] = []
        self._days: list[dt.date] = []

    def resolve(self, values: pl.DataFrame) -> None:
        """Find, lock and make the KPIs of these values and of those that are still to come."""
        self._resolved = resolve_kpis(values, self._gathered, rules=self._rules, now=self._job.now)

    def _known(self) -> Resolved:
        assert self._resolved is not None  # noqa: S101  # nothing is done before
        return self._resolved

    def write(self, values: pl.DataFrame) -> bool:
        """Write the values, the last of several for one key; False: nothing is written, because not
        all of their KPIs are at hand.
        """
        if values.is_empty():
            return True
        days: Any = values["date"].min(), values["date"].max()
        values = _with_kpis(values, self._known())
        if values["kpi"].null_count():
            return False
        self._days += days
        places = values.select(_place()).to_series()
        order = self._one_each(values, places)
        self._taken.update(dict(values["metric"].gather(order).value_counts().rows()))
        with self._turns:
            ensure_partitions_apart(*days)
        for start, size in _slices(places.gather(order)):
            self._publisher.publish(values[order.slice(start, size)])
        return True

    def stop(self) -> None:
        """Write no more, and let go of the connection."""
        self._publisher.stop()

    def _one_each(self, values: pl.DataFrame, places: pl.Series) -> pl.Series:
        """The order of the table as rows of the values, which are many to copy; of several for one
        key the last of the file, the others wait to be told.
        """
        import polars as pl

        key = [places.alias("place")]
        if (values["segment"] != "").any():
            key.append(values["segment"])
        rows = pl.DataFrame(key)
        order = rows.select(pl.arg_sort_by(rows.columns, maintain_order=True)).to_series()
        rows = rows.select(pl.all().gather(order))
        is_earlier = rows.select(
            pl.all_horizontal(pl.all() == pl.all().shift(-1)).fill_null(value=False)
        ).to_series()
        if is_earlier.any():
            self._earlier.append(values[order.filter(is_earlier)])
            order = order.filter(~is_earlier)
        return order

    def tell(self, rows: int) -> Outcome:
        """Nothing more comes: refuse what later lines have replaced, and tell everybody."""
        import polars as pl

        job, gathered = self._job, self._gathered
        if self._earlier:
            gathered.refuse_earlier(pl.concat(self._earlier).sort("line", "column"))
        written = self._publisher.written()
        resolved = self._known()
        tell(written, resolved, gathered.metrics, run_id=job.run_id, by=job.by, now=job.now)
        tallies = _tallies(self._taken, written, resolved, gathered)
        first, last = (min(self._days), max(self._days)) if self._days else (None, None)
        return Outcome(rows=rows, tallies=tallies, first_day=first, last_day=last)


def _with_kpis(values: pl.DataFrame, resolved: Resolved) -> pl.DataFrame:
    """With their KPIs in place of their products; nothing else is copied."""
    found = values.select(PAIR).join(resolved.frame, on=PAIR, how="left", maintain_order="left")
    return values.drop("product").with_columns(found["kpi"])


def _place() -> pl.Expr:
    """Where a value goes in the table, but for its segment, as one number, for these sort fastest:
    month (every partition holds whole ones), KPI, day.
    """
    import polars as pl

    day = pl.col("date").dt
    month = day.year().cast(pl.Int64) * 12 + day.month()
    return month * _MONTH + pl.col("kpi").cast(pl.Int64) * _KPI + day.day()


def _slices(places: pl.Series) -> Iterator[tuple[int, int]]:
    """(start, size) of slices that hold whole months as long as these are small."""
    start = size = 0
    for length in (places // _MONTH).rle().struct.field("len").to_list():
        if size and size + length > SLICE:
            yield start, size
            start, size = start + size, 0
        size += length
        while size > SLICE:
            yield start, SLICE
            start, size = start + SLICE, size - SLICE
    if size:
        yield start, size


def _tallies(
    taken: Mapping[int, int], written: pl.DataFrame, resolved: Resolved, gathered: Gathered
) -> tuple[Tally, ...]:
    """One for the KPIs, and one for each metric of which the file has a value."""
    import polars as pl

    kpis = Tally(key="kpis", label="KPIs", new=len(resolved.made),
                 unchanged=resolved.frame.height - len(resolved.made))  # fmt: skip
    sums = (
        written.join(resolved.frame, on="kpi")
        .group_by("metric")
        .agg(pl.col("new").sum(), pl.col("changed").sum())
    )
    done = {metric: (new, changed) for metric, new, changed in sums.rows()}
    return (
        kpis,
        *(
            _tally(metric, taken.get(metric.pk, 0), done.get(metric.pk, (0, 0)), gathered.refusals)
            for metric in gathered.metrics.values()
            if metric.pk in taken or metric.code in gathered.refusals.series()
        ),
    )


def _tally(metric: Metric, taken: int, done: tuple[int, int], refusals: CountedRefusals) -> Tally:
    new, changed = done
    return Tally(
        key=metric.code,
        label=metric.name,
        new=new,
        changed=changed,
        unchanged=taken - new - changed,
        refused=refusals.of(metric.code),
    )
