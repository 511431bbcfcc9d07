"""Every write of the kpis app: verb first, keyword-only, atomic, told by whom and when."""

from kpis.services.loading import MEASUREMENTS
from kpis.services.metrics import BoundsBroken, MetricFields, create_metric, update_metric
from kpis.services.partitions import ensure_partitions
from kpis.services.plans import (
    KpiConflict,
    KpiExists,
    KpiPlan,
    PlanRefused,
    create_kpi,
    delete_kpi,
    update_kpi,
)
from kpis.services.terms import end_exemption, grant_exemption, set_segment_weight
from kpis.services.values import (
    Entry,
    PutBackRefused,
    Recorded,
    Value,
    delete_measurement,
    load_series,
    put_back,
    record_many,
    record_measurement,
)

__all__ = [
    "MEASUREMENTS",
    "BoundsBroken",
    "Entry",
    "KpiConflict",
    "KpiExists",
    "KpiPlan",
    "MetricFields",
    "PlanRefused",
    "PutBackRefused",
    "Recorded",
    "Value",
    "create_kpi",
    "create_metric",
    "delete_kpi",
    "delete_measurement",
    "end_exemption",
    "ensure_partitions",
    "grant_exemption",
    "load_series",
    "put_back",
    "record_many",
    "record_measurement",
    "set_segment_weight",
    "update_kpi",
    "update_metric",
]
