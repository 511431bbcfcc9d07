"""What people type about a contact that happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, VersionedForm
from stakeholders.enums import ContactKind, Mood, Outcome
from stakeholders.forms.placements import SHOWABLE
from stakeholders.models import Touchpoint

FIELDS = ("kind", "day", "note", "mood", "outcome")


class ContactForm(VersionedForm):
    """A contact: its kind and day are enough. `token` is that of the form which logs it first."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="Kind", choices=ContactKind.choices)
    day = KnownDayField(label="Day")
    note = ParagraphField(
        label="Note",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=SHOWABLE,
    )
    mood = forms.TypedChoiceField(
        label="Mood",
        choices=[("", "Not noted"), *Mood.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    outcome = forms.ChoiceField(
        label="What was remarkable", choices=[("", "Nothing"), *Outcome.choices], required=False
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].last = today  # type: ignore[attr-defined]  # a KnownDayField


def contact_initial(touchpoint: Touchpoint) -> dict[str, Any]:
    """What the form shows of a contact."""
    return {name: getattr(touchpoint, name) for name in (*FIELDS, "version")}
