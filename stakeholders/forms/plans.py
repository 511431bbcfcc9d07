"""What people type about what somebody is owed, and until when no debt grows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, TextField, VersionedForm, WholeField
from stakeholders.enums import OwedContact, Plan
from stakeholders.forms.placements import SHOWABLE
from stakeholders.models import MOST_DAYS, Placement
from stakeholders.services.plans import LONGEST_SNOOZE

PLAN = ("plan", "contact", "every")


class PlanForm(VersionedForm):
    """What somebody is owed; an empty part follows their place on the map."""

    plan = forms.ChoiceField(label="Weekly digest", required=False)
    contact = forms.ChoiceField(label="Personal contact", required=False)
    every = WholeField(
        label="Every … days",
        lowest=1,
        highest=MOST_DAYS,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "input-5", "autocomplete": "off"}
        ),
    )
    reason = TextField(
        label="Reason",
        max_length=300,
        required=False,
        help_text=f"Needed where something differs from the default. {SHOWABLE}",
    )

    def __init__(self, *args: Any, digest: str, contact: str, every: str, **kwargs: Any) -> None:
        """`digest`, `contact` and `every` are the default in words."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["plan"].choices = [("", f"The default: {digest}"), *Plan.choices]
        fields["contact"].choices = [("", f"The default: {contact}"), *OwedContact.choices]
        fields["every"].help_text = f"The default: {every}."

    def clean(self) -> dict[str, Any]:
        """A plan of somebody's own needs a reason; days say nothing where no contact is owed."""
        cleaned = self.cleaned_data
        if cleaned.get("contact") == OwedContact.NONE and cleaned.get("every"):
            self.add_error("every", "Without a personal contact leave the days empty.")
        is_own = any(cleaned.get(name) for name in PLAN)
        if is_own and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why this differs from the default.")
        return cleaned


def plan_initial(placement: Placement) -> dict[str, Any]:
    """What the form shows of a placement's own plan."""
    shown = {name: getattr(placement, name) for name in (*PLAN, "version")}
    return {**shown, "reason": placement.plan_reason}


class SnoozeForm(forms.Form):
    """Until when no debt grows, and why."""

    until = KnownDayField(label="Until", help_text="From this day on, days count again.")
    reason = TextField(label="Reason", max_length=300, help_text=SHOWABLE)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        until: Any = self.fields["until"]
        until.first, until.last = today + dt.timedelta(days=1), today + LONGEST_SNOOZE
