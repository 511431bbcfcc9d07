"""Reads of the kpis app, shaped for a page."""

from kpis.selectors.catalogue import (
    MetricRow,
    MetricUse,
    count_outside,
    free_metrics,
    metric_list,
    metric_uses,
)
from kpis.selectors.changes import (
    ValueChange,
    exemption_history,
    kpi_history,
    last_change,
    recent_changes,
    recorded_history,
    segment_history,
    value_change_history,
    value_history,
)
from kpis.selectors.rows import (
    KpiRow,
    date_bounds,
    default_baseline_date,
    kpi_row,
    kpi_rows,
    kpi_values,
)
from kpis.selectors.values import (
    MeasurementPage,
    MeasurementRow,
    all_measurements,
    approvers,
    measurement_page,
    owners,
    segments_of,
)

__all__ = [
    "KpiRow",
    "MeasurementPage",
    "MeasurementRow",
    "MetricRow",
    "MetricUse",
    "ValueChange",
    "all_measurements",
    "approvers",
    "count_outside",
    "date_bounds",
    "default_baseline_date",
    "exemption_history",
    "free_metrics",
    "kpi_history",
    "kpi_row",
    "kpi_rows",
    "kpi_values",
    "last_change",
    "measurement_page",
    "metric_list",
    "metric_uses",
    "owners",
    "recent_changes",
    "recorded_history",
    "segment_history",
    "segments_of",
    "value_change_history",
    "value_history",
]
