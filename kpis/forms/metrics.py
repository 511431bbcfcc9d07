"""Metrics of the catalogue."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from core.forms import ParagraphField, TextField
from kpis.enums import Aggregation, Direction, Group
from kpis.forms.fields import ValueField, WholeField
from kpis.models import Metric
from kpis.rules import (
    Bounds,
)
from kpis.services import MetricFields


class MetricForm(forms.ModelForm):
    """A metric of the catalogue."""

    name = TextField(max_length=80)
    unit = TextField(max_length=20, required=False, help_text="For instance %, minutes or £.")
    definition = ParagraphField(max_length=2000, required=False)
    lower = ValueField(
        label="Smallest value", required=False, help_text="Leave it empty if there is none."
    )
    upper = ValueField(
        label="Largest value", required=False, help_text="Leave it empty if there is none."
    )
    direction = forms.ChoiceField(choices=Direction)
    aggregation = forms.ChoiceField(
        label="Current value", choices=Aggregation,
        help_text="How the days of the window become one value.",
    )  # fmt: skip
    window_days = WholeField(label="Window in days", bounds=Bounds(1, 366), initial=28)
    group = forms.ChoiceField(choices=Group, help_text="Stages weigh groups.")
    cadence = WholeField(label="Usually measured every … days", bounds=Bounds(1, 731), initial=28)
    is_head_count = forms.BooleanField(
        label="Counts people", required=False,
        help_text="Its segments are added up rather than averaged.",
    )  # fmt: skip

    fieldsets: ClassVar = [
        ("What it is", ["name", "code", "unit", "definition"]),
        ("Which values it takes", ["lower", "upper", "direction"]),
        ("How it is read", ["aggregation", "window_days", "group", "cadence", "is_head_count"]),
    ]

    class Meta:
        model = Metric
        fields = [
            "name", "code", "unit", "definition", "lower", "upper", "direction", "aggregation",
            "window_days", "group", "cadence", "is_head_count",
        ]  # fmt: skip

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        code = self.fields["code"]
        code.help_text = "Its short name in addresses and files. It can't be changed later."
        if self.instance.pk:
            del self.fields["code"]

    def metric_fields(self) -> MetricFields:
        """What was typed, without the code."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "code"}
        return MetricFields(**values)
