"""The form of an annotation."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import TextField, VersionedForm
from kpis.enums import AnnotationKind
from kpis.forms.fields import BoundedDayField
from kpis.models import Annotation, Kpi
from kpis.rules import DateBounds
from portfolio.models import Product


class AnnotationForm(VersionedForm):
    """Something that happened on a day; `token` says which form was sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    day = BoundedDayField(label="Day")
    kind = forms.ChoiceField(
        label="What it was", choices=AnnotationKind, initial=AnnotationKind.OTHER
    )
    text = TextField(
        label="What happened",
        max_length=200,
        help_text="What a reader of the chart should know: “Log-in became mandatory in all stores”",
    )
    kpi = forms.ModelChoiceField(
        label="Shown in the chart of",
        queryset=Kpi.objects.none(),
        required=False,
        empty_label="every KPI of the product",
    )

    def __init__(self, *args: Any, product: Product, bounds: DateBounds, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = BoundedDayField(label="Day", bounds=bounds)
        self.fields["kpi"].queryset = Kpi.objects.filter(product=product).by_metric()
        self.fields["kpi"].label_from_instance = lambda kpi: kpi.metric.name
        self.order_fields(["day", "kind", "text", "kpi"])


def annotation_initial(annotation: Annotation) -> dict[str, Any]:
    """What the form shows of an annotation."""
    names = ("day", "kind", "text", "kpi", "version")
    return {name: getattr(annotation, name) for name in names}
