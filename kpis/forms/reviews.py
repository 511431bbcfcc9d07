"""Going through the KPIs of a product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import TextField
from kpis.forms.fields import BoundedDayField
from kpis.forms.plans import WEIGHTS
from kpis.selectors.reviews import ReviewRow
from kpis.services.reviews import Weighed


class ReviewForm(forms.Form):
    """A weight for each KPI, the day of the next review, and what was decided."""

    next_review = BoundedDayField(
        label="Next review of them all", help_text="In 13 weeks, unless you say otherwise."
    )
    note = TextField(
        label="What was decided", max_length=500, required=False,
        help_text="For whoever asks in a year why this counts and that does not.",
    )  # fmt: skip
    stage = TextField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, rows: Sequence[ReviewRow], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.rows = rows
        self.today = today
        for row in rows:
            self.fields[f"weight_{row.kpi.pk}"] = forms.TypedChoiceField(
                label=f"Weight of {row.kpi.metric.name}", choices=WEIGHTS, coerce=int,
                initial=row.suggested,
            )  # fmt: skip
            self.fields[f"version_{row.kpi.pk}"] = forms.IntegerField(
                initial=row.kpi.version, widget=forms.HiddenInput, required=False, min_value=0,
            )  # fmt: skip

    def clean_next_review(self) -> dt.date:
        """A day to come."""
        day: dt.date = self.cleaned_data["next_review"]
        if day <= self.today:
            raise ValidationError("Enter a day after today.")
        return day

    def fields_of(self, row: ReviewRow) -> tuple[forms.BoundField, forms.BoundField]:
        """Weight and version of one KPI."""
        return self[f"weight_{row.kpi.pk}"], self[f"version_{row.kpi.pk}"]

    def weights(self) -> dict[int, Weighed]:
        """KPI id → the weight it shall have."""
        data = self.cleaned_data
        return {
            row.kpi.pk: Weighed(
                data.get(f"version_{row.kpi.pk}") or 0, data[f"weight_{row.kpi.pk}"]
            )
            for row in self.rows
        }
