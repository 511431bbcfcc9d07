"""From the values that were taken to rows: KPIs, one value a key, the table, what is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imports.kinds import Job, Outcome, Tally
from imports.services.counting import CountedRefusals
from kpis.models import Metric
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.plans import PlanRule
from kpis.services.loading.publishing import Stamp, publish
from kpis.services.loading.resolving import Resolved, resolve_kpis
from kpis.services.loading.telling import tell
from kpis.services.partitions import ensure_partitions_apart

if TYPE_CHECKING:
    import polars as pl

STEP_WRITE = "Writing values"


def write_values(
    job: Job, gathered: Gathered, rules: Mapping[int, PlanRule], *, rows: int
) -> Outcome:
    """Write everything that was gathered; the outcome tells of KPIs and of each metric."""
    job.report(STEP_WRITE, rows, rows)
    values = gathered.whole()
    first: Any = values["date"].min()
    last: Any = values["date"].max()
    if first is not None:
        ensure_partitions_apart(first, last)
    resolved = resolve_kpis(values, gathered, rules=rules, now=job.now)
    values = _with_kpis(values, resolved)
    order, values = _one_each(values, gathered)
    written = publish(values, order, _stamp(job))
    tell(written, resolved, gathered.metrics, run_id=job.run_id, by=job.by, now=job.now)
    tallies = _tallies(values["metric"].gather(order), written, resolved, gathered)
    return Outcome(rows=rows, tallies=tallies, first_day=first, last_day=last)


def _stamp(job: Job) -> Stamp:
    return Stamp(
        run_id=job.run_id,
        by=job.by,
        now=job.now,
        has_sizes="sample_size" in job.mapping.long,
        has_notes="note" in job.mapping.long,
    )


def _with_kpis(values: pl.DataFrame, resolved: Resolved) -> pl.DataFrame:
    """With their KPIs in place of their products; nothing else is copied."""
    keys = values.select("product", "metric")
    found = keys.join(resolved.frame(), on=["product", "metric"], how="left", maintain_order="left")
    return values.drop("product").with_columns(found["kpi"])


def _key(values: pl.DataFrame) -> list[str]:
    """Numbers sort faster than texts, and most files have no segments."""
    has_segments = bool((values["segment"] != "").any())
    return ["kpi", "date", "segment"] if has_segments else ["kpi", "date"]


def _one_each(values: pl.DataFrame, gathered: Gathered) -> tuple[pl.Series, pl.DataFrame]:
    """The order of the table's key, as places in the values, which are many to copy; of several for
    one key the last of the file, the others are refused.
    """
    import polars as pl

    key = _key(values)
    places = pl.arg_sort_by(key, maintain_order=True).alias("place")
    order = values.select(places).to_series()
    same = [pl.col(name) == pl.col(name).shift(-1) for name in key]
    is_earlier = (
        values.select(pl.col(key).gather(order))
        .select(pl.all_horizontal(same).fill_null(value=False))
        .to_series()
    )
    if is_earlier.any():
        gathered.refuse_earlier(values[order.filter(is_earlier).sort()])
        order = order.filter(~is_earlier)
    return order, values


def _tallies(
    metrics: pl.Series, written: pl.DataFrame, resolved: Resolved, gathered: Gathered
) -> tuple[Tally, ...]:
    """One for the KPIs, and one for each metric of which the file has a value."""
    import polars as pl

    kpis = Tally(key="kpis", label="KPIs", new=len(resolved.made),
                 unchanged=len(resolved.pairs) - len(resolved.made))  # fmt: skip
    taken = dict(metrics.value_counts().rows())
    sums = (
        written.join(resolved.frame(), on="kpi")
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
