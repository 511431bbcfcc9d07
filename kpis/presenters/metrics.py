"""Metrics of the catalogue in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from core.formats import count, number
from kpis.models import Metric
from kpis.selectors import MetricRow


def metric_facts(metric: Metric) -> list[tuple[str, str]]:
    """How the metric is read."""
    return [
        ("Group", metric.get_group_display()),
        ("Direction", metric.get_direction_display()),
        ("Current value", _aggregation_words(metric)),
        ("Values", bounds_words(metric)),
    ]


def _aggregation_words(metric: Metric) -> str:
    words = str(metric.get_aggregation_display()).lower()
    return f"{words}, of the last {count(metric.window_days, 'day')}"


def bounds_words(metric: Metric) -> str:
    """Which values the metric takes."""
    if metric.lower is None and metric.upper is None:
        return "any number"
    if metric.upper is None:
        return f"{number(metric.lower)} or more"
    if metric.lower is None:
        return f"{number(metric.upper)} or less"
    return f"{number(metric.lower)} to {number(metric.upper)}"


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """The metrics that say something about the same thing."""

    label: str
    rows: list[MetricLine]


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric of the catalogue."""

    metric: Metric
    values: str
    cadence: str
    uses: str


def metric_groups(rows: Iterable[MetricRow]) -> list[MetricGroup]:
    """The catalogue, group by group."""
    return [
        MetricGroup(label, [_metric_line(row) for row in members])
        for label, members in groupby(rows, key=lambda row: str(row.metric.get_group_display()))
    ]


def _metric_line(row: MetricRow) -> MetricLine:
    metric = row.metric
    values = bounds_words(metric)
    return MetricLine(
        metric=metric,
        values=f"{values} {metric.unit}" if metric.unit else values,
        cadence=f"every {count(metric.cadence, 'day')}",
        uses=count(row.uses, "product"),
    )


def metric_page_facts(metric: Metric) -> list[tuple[str, str]]:
    """Everything the page of a metric says about it."""
    return [
        ("Code", metric.code),
        ("Unit", metric.unit or "none"),
        *metric_facts(metric),
        ("Usually measured", f"every {count(metric.cadence, 'day')}"),
        ("Segments", "added up" if metric.is_head_count else "averaged by weight"),
    ]


def broken_bounds_words(outside: int) -> str:
    """Why bounds can't be narrowed."""
    verb = "lies" if outside == 1 else "lie"
    return f"{count(outside, 'value')} {verb} outside these bounds. Correct them first."
