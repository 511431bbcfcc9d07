"""What people type about who a persona is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, TextField, WholeField
from personas.rules.bounds import DAYS_AHEAD, MOST_PEOPLE


class HeadCountForm(forms.Form):
    """How many people of a department belong to the persona."""

    department = TextField(
        label="Department",
        max_length=120,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    head_count = WholeField(label="People", lowest=0, highest=MOST_PEOPLE)
    from_date = KnownDayField(label="From")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_date"].last = today + DAYS_AHEAD  # type: ignore[attr-defined]  # a KnownDayField


class EvidenceForm(forms.Form):
    """What was seen or heard of real people."""

    what = TextField(label="What was seen", max_length=500)
    source = TextField(
        label="Where it comes from",
        max_length=300,
        required=False,
        help_text="An interview, a day beside them, a survey.",
    )
    validated_on = KnownDayField(label="Seen on")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["validated_on"].last = today  # type: ignore[attr-defined]  # a KnownDayField
