"""Every write of the kpis app: verb first, keyword-only, atomic, told by whom and when."""

from kpis.services.annotations import (
    change_annotation,
    delete_annotation,
    put_back_annotation,
    write_annotation,
)
from kpis.services.exemptions import (
    DecidedMeanwhile,
    OwnRequest,
    PastCounts,
    ask_exemption,
    decide_exemption,
    end_exemption,
    grant_exemption,
    reopen_exemption,
    withdraw_exemption,
)
from kpis.services.loading import MEASUREMENTS
from kpis.services.metrics import BoundsBroken, MetricFields, create_metric, update_metric
from kpis.services.partitions import ensure_partitions
from kpis.services.plans import (
    KpiConflict,
    KpiExists,
    KpiPlan,
    PlanRefused,
    change_part,
    check_plan,
    create_kpi,
    delete_kpi,
    update_kpi,
)
from kpis.services.terms import set_segment_weight
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
    "DecidedMeanwhile",
    "Entry",
    "KpiConflict",
    "KpiExists",
    "KpiPlan",
    "MetricFields",
    "OwnRequest",
    "PastCounts",
    "PlanRefused",
    "PutBackRefused",
    "Recorded",
    "Value",
    "ask_exemption",
    "change_annotation",
    "change_part",
    "check_plan",
    "create_kpi",
    "create_metric",
    "decide_exemption",
    "delete_annotation",
    "delete_kpi",
    "delete_measurement",
    "end_exemption",
    "ensure_partitions",
    "grant_exemption",
    "load_series",
    "put_back",
    "put_back_annotation",
    "record_many",
    "record_measurement",
    "reopen_exemption",
    "set_segment_weight",
    "update_kpi",
    "update_metric",
    "withdraw_exemption",
    "write_annotation",
]
