"""Recording and correcting values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import TextField
from kpis.forms.fields import BoundedDayField, ValueField, sample_field
from kpis.models import Kpi
from kpis.rules import (
    DateBounds,
)
from kpis.selectors import KpiRow
from kpis.services import Value


class CorrectionForm(forms.Form):
    """A value that stands already: day and segment stay."""

    value = ValueField(label="Value")
    sample_size = sample_field()
    note = TextField(label="Note", max_length=500, required=False)

    def __init__(self, data: Any, *, kpi: Kpi, **kwargs: Any) -> None:
        # Stands in one page with the form of a new value: their ids must differ.
        super().__init__(data, **{"auto_id": "id_correct_%s"} | kwargs)
        self.fields["value"] = ValueField(label="Value", bounds=kpi.metric.bounds)
        self.order_fields(["value", "sample_size", "note"])

    def as_value(self, day: dt.date, segment: str) -> Value:
        """What was typed, for that place."""
        data = self.cleaned_data
        return Value(day, data["value"], data["sample_size"], segment, data["note"])


class MeasurementForm(CorrectionForm):
    """One new value of one KPI."""

    date = BoundedDayField(label="Day")
    segment = TextField(
        label="Segment", max_length=80, required=False,
        help_text="Leave it empty for everyone.",
    )  # fmt: skip

    def __init__(self, data: Any, *, kpi: Kpi, bounds: DateBounds, **kwargs: Any) -> None:
        super().__init__(data, kpi=kpi, **{"auto_id": "id_%s"} | kwargs)
        self.fields["date"] = BoundedDayField(label="Day", bounds=bounds)
        self.order_fields(["date", "value", "segment", "sample_size", "note"])

    def entered(self) -> Value:
        """What was typed."""
        return self.as_value(self.cleaned_data["date"], self.cleaned_data["segment"])


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One KPI on the record page."""

    row: KpiRow
    value: forms.BoundField
    sample: forms.BoundField
    note: forms.BoundField


class RecordForm(forms.Form):
    """One day, all KPIs of a product; what stays empty is skipped."""

    def __init__(
        self, data: Any, *, rows: Sequence[KpiRow], bounds: DateBounds, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.rows = rows
        self.fields["date"] = BoundedDayField(label="Day", bounds=bounds)
        for row in rows:
            name = row.kpi.metric.name
            value = ValueField(label=name, required=False, bounds=row.kpi.metric.bounds)
            note = TextField(label=f"Note on {name}", max_length=500, required=False)
            self.fields[f"value_{row.kpi.pk}"] = value
            self.fields[f"sample_{row.kpi.pk}"] = sample_field()
            self.fields[f"sample_{row.kpi.pk}"].label = f"Sample size of {name}"
            self.fields[f"note_{row.kpi.pk}"] = note

    def shown_day(self, today: dt.date) -> dt.date:
        """The day the page speaks of: as typed where it can be read, else as proposed."""
        typed = self.cleaned_data.get("date") if self.is_bound and self.is_valid() else None
        day = typed or self.initial.get("date") or today
        return day if isinstance(day, dt.date) else today

    def lines(self) -> list[RecordLine]:
        """The fields of each KPI side by side."""
        return [self._line(row) for row in self.rows]

    def _line(self, row: KpiRow) -> RecordLine:
        value = self[f"value_{row.kpi.pk}"]
        described = [f"{value.auto_id}_hint", *([f"{value.auto_id}_error"] if value.errors else [])]
        value.field.widget.attrs["aria-describedby"] = " ".join(described)
        if row is self.rows[0] and not self.is_bound:
            value.field.widget.attrs["autofocus"] = True
        return RecordLine(row, value, self[f"sample_{row.kpi.pk}"], self[f"note_{row.kpi.pk}"])

    def add_error(self, field: str | None, error: Any) -> None:
        """Says which KPI is meant: the summary above the table may list several."""
        if field is not None and field != "date":
            label = self.fields[field].label
            words = ValidationError(error).messages
            error = [f"{label}: {one[0].lower()}{one[1:]}" for one in words]
        super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        """At least one value, and none of the notes without one."""
        data = self.cleaned_data
        for row in self.rows:
            pk = row.kpi.pk
            is_missing = f"value_{pk}" in data and data[f"value_{pk}"] is None
            if is_missing and (data.get(f"note_{pk}") or data.get(f"sample_{pk}") is not None):
                self.add_error(f"value_{pk}", "Enter the value that the rest of the line is about.")
        if not self.errors and not self.filled():
            raise ValidationError("Enter at least one value.")
        return data

    def filled(self) -> list[tuple[Kpi, Value]]:
        """The KPIs that got a value, with it."""
        data = self.cleaned_data
        return [
            (row.kpi, Value(data["date"], value, data[f"sample_{row.kpi.pk}"],
                            note=data[f"note_{row.kpi.pk}"]))
            for row in self.rows
            if (value := data.get(f"value_{row.kpi.pk}")) is not None and data.get("date")
        ]  # fmt: skip
