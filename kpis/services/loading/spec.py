"""What a file may say about KPIs and their values: the fields and options of its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imports.rules.mapping import FieldSpec, Spec
from kpis.models import Metric
from portfolio.services import PRODUCT_FIELDS

LONG = (
    FieldSpec(
        "product",
        "Product",
        is_required=True,
        names=("product", "slug", "address", "product slug", "product name", "service"),
        help="its address or its name",
    ),
    FieldSpec(
        "metric",
        "Metric",
        is_required=True,
        names=("metric", "kpi", "code", "measure", "indicator"),
        help="its code or its name",
    ),
    FieldSpec("date", "Date", is_required=True, names=("date", "day", "as of", "period end")),
    FieldSpec("value", "Value", is_required=True, names=("value", "figure", "amount")),
    FieldSpec("segment", "Segment", names=("segment", "group", "audience")),
    FieldSpec("sample_size", "Sample size", names=("sample size", "n", "sample", "answers")),
    FieldSpec("note", "Note", names=("note", "notes", "comment", "remark")),
)

OPTIONS = ("baseline", "target", "target_date", "cadence", "weight", "guardrail")

MEASUREMENT_SPEC = Spec(
    subject="product",
    fields=tuple(replace(field, is_required=False) for field in PRODUCT_FIELDS),
    series="kpi",
    series_key="metric",
    long=LONG,
    options=OPTIONS,
)


def metric_options() -> Sequence[tuple[str, str]]:
    """(code, name) of every metric, by group and name."""
    return list(Metric.objects.by_group().values_list("code", "name"))
