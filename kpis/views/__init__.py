"""Pages of the kpis app."""

from kpis.views.kpis import kpi_create, kpi_delete, kpi_detail, kpi_edit, kpi_list
from kpis.views.measurements import (
    measurement_create,
    measurement_delete,
    measurement_edit,
    measurement_export,
    measurement_put_back,
)
from kpis.views.metrics import metric_create, metric_detail, metric_edit, metric_list
from kpis.views.record import record
from kpis.views.terms import exemption_create, exemption_end, segment_weights

__all__ = [
    "exemption_create",
    "exemption_end",
    "kpi_create",
    "kpi_delete",
    "kpi_detail",
    "kpi_edit",
    "kpi_list",
    "measurement_create",
    "measurement_delete",
    "measurement_edit",
    "measurement_export",
    "measurement_put_back",
    "metric_create",
    "metric_detail",
    "metric_edit",
    "metric_list",
    "record",
    "segment_weights",
]
