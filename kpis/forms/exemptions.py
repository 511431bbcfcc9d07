"""Asking for an exemption, and deciding on it."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import TextField
from kpis.forms.fields import BoundedDayField
from kpis.models import Exemption

APPROVE = "approve"
REFUSE = "refuse"


class AskForm(forms.ModelForm):
    """Days on which the KPI should not count, and why."""

    reason = TextField(
        label="Reason", max_length=500,
        help_text="What makes its numbers say nothing on these days.",
    )  # fmt: skip
    starts_on = BoundedDayField(label="First day")
    ends_on = BoundedDayField(
        label="Last day", help_text="From the day after it counts again by itself."
    )

    class Meta:
        model = Exemption
        fields = ["reason", "starts_on", "ends_on"]


class DecisionForm(forms.Form):
    """The answer; which of the two buttons was pressed says what it is."""

    answer = TextField(
        label="Your answer", max_length=500, required=False,
        help_text="Whoever asked reads it. A refusal needs one.",
    )  # fmt: skip
    decision = forms.ChoiceField(
        choices=[(APPROVE, "Approve"), (REFUSE, "Refuse")],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose Approve or Refuse."},
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        data = self.cleaned_data
        if data.get("decision") == REFUSE and "answer" in data and not data["answer"]:
            self.add_error("answer", "Say why you refuse it.")
        return data

    @property
    def is_approved(self) -> bool:
        """Which button it was."""
        return bool(self.cleaned_data["decision"] == APPROVE)
