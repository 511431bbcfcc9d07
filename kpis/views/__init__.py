"""Pages of the kpis app."""

from kpis.views.annotations import (
    annotation_create,
    annotation_delete,
    annotation_edit,
    annotation_list,
    annotation_put_back,
)
from kpis.views.chart import chart_export
from kpis.views.exemptions import (
    exemption_ask,
    exemption_decide,
    exemption_reopen,
    exemption_withdraw,
)
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
from kpis.views.reviews import kpi_confirm, review, review_list
from kpis.views.templates import template_list
from kpis.views.terms import exemption_create, exemption_end, segment_weights

__all__ = [
    "annotation_create",
    "annotation_delete",
    "annotation_edit",
    "annotation_list",
    "annotation_put_back",
    "chart_export",
    "exemption_ask",
    "exemption_create",
    "exemption_decide",
    "exemption_end",
    "exemption_reopen",
    "exemption_withdraw",
    "kpi_confirm",
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
    "review",
    "review_list",
    "segment_weights",
    "template_list",
]
