"""A kind's spec for the tests of what is pure: no registry, no database."""

from imports.rules.mapping import FieldSpec, Spec

FIELDS = (
    FieldSpec("address", "Address", names=("slug",)),
    FieldSpec("name", "Name", is_required=True, names=("name of service",)),
    FieldSpec("portfolio", "Portfolio", names=("department",)),
    FieldSpec("team", "Team", names=("agency/body",)),
    FieldSpec("description", "Description", names=("description of service",)),
    FieldSpec("link", "Link", names=("url",)),
    FieldSpec("stage", "Stage"),
    FieldSpec("choice", "Choice"),
    FieldSpec("exchange", "Exchange"),
)
LONG = (
    FieldSpec("product", "Product", is_required=True, names=("slug",)),
    FieldSpec("metric", "Metric", is_required=True, names=("kpi",)),
    FieldSpec("date", "Date", is_required=True, names=("period end",)),
    FieldSpec("value", "Value", is_required=True),
    FieldSpec("segment", "Segment"),
    FieldSpec("sample_size", "Sample size", names=("n",)),
    FieldSpec("note", "Note"),
)
SPEC = Spec(
    subject="product",
    fields=FIELDS,
    series="kpi",
    series_key="metric",
    long=LONG,
    options=("cadence", "baseline", "target", "target_date"),
)
PRODUCTS = Spec(subject="product", fields=FIELDS)
