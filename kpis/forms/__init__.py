"""What people type about KPIs, read the way they mean it."""

from kpis.forms.annotations import AnnotationForm, annotation_initial
from kpis.forms.metrics import MetricForm
from kpis.forms.periods import AskedPeriod, asked_period
from kpis.forms.plans import (
    DeletionForm,
    ExemptionForm,
    KpiForm,
    PlanForm,
    SegmentWeightsForm,
)
from kpis.forms.values import CorrectionForm, MeasurementForm, RecordForm, RecordLine

__all__ = [
    "AnnotationForm",
    "AskedPeriod",
    "CorrectionForm",
    "DeletionForm",
    "ExemptionForm",
    "KpiForm",
    "MeasurementForm",
    "MetricForm",
    "PlanForm",
    "RecordForm",
    "RecordLine",
    "SegmentWeightsForm",
    "annotation_initial",
    "asked_period",
]
