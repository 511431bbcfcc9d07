"""Plans of KPIs and their terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import ParagraphField, TextField
from kpis.forms.fields import BoundedDayField, ValueField, WholeField
from kpis.models import Exemption, Kpi, Metric
from kpis.rules import (
    Bounds,
)
from kpis.selectors import approvers, free_metrics, owners
from kpis.services import KpiPlan, PlanRefused
from portfolio.models import Product

WEIGHTS = [(1, "1, a little"), (2, "2"), (3, "3, as usual"), (4, "4"), (5, "5, a lot")]


class PlanForm(forms.Form):
    """What a KPI is held to."""

    baseline = ValueField(
        label="Baseline", required=False, help_text="Where you started. Health measures from here."
    )
    baseline_date = BoundedDayField(
        label="Baseline date", required=False,
        help_text="Leave it empty to start on the day of the first value.",
    )  # fmt: skip
    target = ValueField(
        label="Target", required=False,
        help_text="Without baseline and target the KPI is untargeted and stays out of health.",
    )  # fmt: skip
    target_date = BoundedDayField(
        label="Target date", required=False,
        help_text="Leave it empty if the target holds already.",
    )  # fmt: skip
    weight = forms.TypedChoiceField(
        label="Weight", choices=WEIGHTS, coerce=int, initial=3,
        help_text="How much it counts beside the other KPIs of this product.",
    )  # fmt: skip
    cadence = WholeField(
        label="Measured every … days", required=False, bounds=Bounds(1, 731),
        help_text="A value older than this is stale, one three times as old is dead.",
    )  # fmt: skip
    is_guardrail = forms.BooleanField(
        label="Guardrail", required=False,
        help_text="Far behind plan, it lowers the status of the whole product, "
        "however well the rest does.",
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="nobody yet"
    )
    next_review = BoundedDayField(label="Next review", required=False)
    if_it_drops = ParagraphField(
        label="What will you do if it drops?", required=False, max_length=1000
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    fieldsets: ClassVar = [
        ("", ["metric"]),
        ("The plan", ["baseline", "baseline_date", "target", "target_date"]),
        ("How it counts", ["weight", "cadence", "is_guardrail"]),
        ("Who looks after it", ["owner", "next_review", "if_it_drops"]),
    ]

    def __init__(
        self, data: Any, *, product: Product, kpi: Kpi | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        people = owners(product, kpi.owner if kpi else None)
        self.fields["owner"].queryset = people

    def plan(self, metric: Metric) -> KpiPlan:
        """The plan as typed; the cadence is the metric's where none was."""
        names = [name for name in self.cleaned_data if name not in ("metric", "version")]
        values = {name: self.cleaned_data[name] for name in names}
        values["cadence"] = values["cadence"] or metric.cadence
        return KpiPlan(**values)

    def refuse(self, error: PlanRefused) -> None:
        """Put what the service said beside its field."""
        self.add_error(error.field, str(error))


class KpiForm(PlanForm):
    """A new KPI: which metric, and its plan."""

    metric = forms.ModelChoiceField(queryset=Metric.objects.none(), empty_label="Choose a metric")

    def __init__(self, data: Any, *, product: Product, **kwargs: Any) -> None:
        super().__init__(data, product=product, **kwargs)
        field: Any = self.fields["metric"]
        metrics = free_metrics(product)
        field.queryset = metrics
        field.widget.choices = [("", "Choose a metric"), *_by_group(metrics)]
        self.fields["cadence"].help_text = (
            "Leave it empty to take what is usual for the metric. A value older than this is "
            "stale, one three times as old is dead."
        )


def _by_group(metrics: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    groups = groupby(metrics, key=lambda metric: metric.get_group_display())
    return [
        (group, [(m.pk, f"{m.name} ({m.unit})" if m.unit else m.name) for m in members])
        for group, members in groups
    ]


class DeletionForm(forms.Form):
    """Typing the name before a KPI goes for good."""

    name = TextField(label="Type the name of the KPI")

    def __init__(self, data: Any, *, name: str) -> None:
        super().__init__(data)
        self.wanted = name
        self.fields["name"].help_text = f"It is called “{name}”."

    def clean_name(self) -> str:
        """The very name, whatever its capitals."""
        typed = str(self.cleaned_data["name"])
        if typed.casefold() != self.wanted.casefold():
            raise ValidationError(f"Type “{self.wanted}” to delete it.")
        return typed


class ExemptionForm(forms.ModelForm):
    """Days on which the KPI does not count."""

    reason = TextField(label="Reason", max_length=500)
    starts_on = BoundedDayField(label="First day")
    ends_on = BoundedDayField(label="Last day")

    class Meta:
        model = Exemption
        fields = ["reason", "starts_on", "ends_on", "approver"]

    def __init__(self, data: Any, *, product: Product, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["approver"].queryset = approvers(product)
        self.fields["approver"].required = True


class SegmentWeightsForm(forms.Form):
    """A weight for each segment, and room for one that was not measured yet."""

    new_segment = TextField(
        label="Another segment", max_length=80, required=False,
        help_text="Before its first value comes in.",
    )  # fmt: skip
    new_weight = ValueField(label="Its weight", required=False, bounds=Bounds(0, 1000))

    def __init__(self, data: Any, *, segments: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.names = {f"weight_{number}": name for number, name in enumerate(segments)}
        for field, name in self.names.items():
            self.fields[field] = ValueField(label=name, bounds=Bounds(0, 1000))
        self.order_fields([*self.names, "new_segment", "new_weight"])

    def clean(self) -> dict[str, Any]:
        """A new segment needs a weight, and the other way round."""
        data = self.cleaned_data
        if data.get("new_segment") and data.get("new_weight") is None:
            self.add_error("new_weight", "Enter its weight; 1 is the usual one.")
        if data.get("new_weight") is not None and not data.get("new_segment"):
            self.add_error("new_segment", "Enter the name of the segment.")
        return data

    def weights(self) -> dict[str, float]:
        """Segment → weight."""
        data = self.cleaned_data
        found = {name: data[field] for field, name in self.names.items()}
        if data["new_segment"]:
            found[data["new_segment"]] = data["new_weight"]
        return found
