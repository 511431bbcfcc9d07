"""The import kind "measurements": values of KPIs, a line each or many behind their product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import connection

from imports.kinds import ImportKind, Job, Outcome, Tally, Undo, Undone
from imports.readers import open_table
from imports.rules.columns import long_columns
from imports.rules.mapping import MappingRefused
from imports.services.counting import CountedRefusals
from kpis import selectors
from kpis.models import Metric
from kpis.services.loading import long, wide
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.plans import plan_rules
from kpis.services.loading.spec import MEASUREMENT_SPEC, metric_options
from kpis.services.loading.undo import undo_measurements
from kpis.services.loading.writing import Writer
from portfolio.services import ProductFinder, may_import


def load(job: Job) -> Outcome:
    """Bring the values of a file into the table, with the KPIs and products that they need.

    Raises:
        FileRefused: the file can't be read.
        MappingRefused: the mapping does not fit the file, or an option of it can't be.
    """
    refusals = CountedRefusals(job.refusals)
    metrics = _lock_metrics()
    return (_load_wide if job.mapping.shape == "wide" else _load_long)(job, metrics, refusals)


def _load_wide(job: Job, metrics: Mapping[int, Metric], refusals: CountedRefusals) -> Outcome:
    named = _named(job, metrics)
    rules = plan_rules(job.mapping, named)
    file = wide.read_file(job, named, refusals)
    gathered = _gathered(job, metrics, refusals, list(file.labels))
    loaded = wide.take_file(job, file, gathered, refusals)
    with Writer(job, gathered, rules) as writer:
        outcome = writer.finish(file.rows)
    products = loaded.tally(refusals.of(""))
    return replace(outcome, tallies=(products, *outcome.tallies))


def _load_long(job: Job, metrics: Mapping[int, Metric], refusals: CountedRefusals) -> Outcome:
    rules = plan_rules(job.mapping, _named(job, metrics))
    table = open_table(job.path, job.mapping.file)
    columns = long_columns(table.header, job.mapping)
    labels = [column.label for column in columns.values()]
    gathered = _gathered(job, metrics, refusals, labels)
    gathered.places = {key: place for place, key in enumerate(columns)}
    file = long.LongFile(gathered, ProductFinder(job.by), refusals, _catalogue(metrics))
    with Writer(job, gathered, rules) as writer:
        long.take_rows(job, table, file, writer)
        outcome = writer.finish(file.rows)
    lost = refusals.of("")
    lines = [Tally(key="lines", label="Lines", refused=lost)] if lost else []
    return replace(outcome, tallies=(*lines, *outcome.tallies))


def _lock_metrics() -> dict[int, Metric]:
    """Every metric, its bounds held until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM kpis_metric ORDER BY id FOR SHARE")
    return {metric.pk: metric for metric in Metric.objects.by_group()}


def _catalogue(metrics: Mapping[int, Metric]) -> dict[str, Metric]:
    """By name and by code, a code being the stronger."""
    names = {" ".join(metric.name.split()).casefold(): metric for metric in metrics.values()}
    return {**names, **{metric.code.casefold(): metric for metric in metrics.values()}}


def _named(job: Job, metrics: Mapping[int, Metric]) -> dict[str, Metric]:
    """The metrics that the mapping names, by the text it uses.

    Raises:
        MappingRefused: there is none of that name.
    """
    catalogue = _catalogue(metrics)
    keys = [series.key for series in job.mapping.series]
    found = {key: catalogue.get(" ".join(key.split()).casefold()) for key in keys}
    problems = [
        f"[[kpi]] metric: there is no metric “{key}”."
        for key, metric in found.items()
        if metric is None
    ]
    if problems:
        raise MappingRefused(problems)
    return {key: metric for key, metric in found.items() if metric is not None}


def _gathered(
    job: Job, metrics: Mapping[int, Metric], refusals: CountedRefusals, labels: list[str]
) -> Gathered:
    _, bounds = selectors.date_bounds(job.now)
    return Gathered(metrics, bounds, refusals, labels)


def undo(undo: Undo) -> Undone:
    """Take the values of an import back, with the KPIs and products that it made."""
    return undo_measurements(run_id=undo.run_id, by=undo.by, now=undo.now, report=undo.report)


MEASUREMENTS = ImportKind(
    key="measurements",
    label="KPI values",
    hint="A value a line, or a product a line with a column for each period.",
    order=20,
    spec=MEASUREMENT_SPEC,
    may_use=may_import,
    load=load,
    undo=undo,
    series_options=metric_options,
    is_usual=True,
)
