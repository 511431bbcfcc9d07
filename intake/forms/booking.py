"""What people choose when they book office hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from core.forms import TextField, VersionedForm
from intake.presenters.times import moment_words
from intake.selectors.openings import OpenSlot

TAKEN = "Somebody else was faster, or the time has changed. Choose one of the free times."


class SlotForm(VersionedForm):
    """One of the free slots, in the time zone of whoever chooses; `token` is that of the form."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    request = TextField(widget=forms.HiddenInput, required=False, max_length=24)
    slot = forms.TypedChoiceField(
        label="When",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a time.", "invalid_choice": TAKEN},
    )

    def __init__(
        self, *args: Any, openings: Sequence[OpenSlot], zone: str, now: dt.datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {one.slot.pk: one.slot for one in openings}
        self.fields["slot"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.slot.pk, _label(one, zone, now)) for one in openings
        ]
        if len(openings) == 1:
            self.initial.setdefault("slot", openings[0].slot.pk)


def _label(one: OpenSlot, zone: str, now: dt.datetime) -> str:
    """As in “Thu 26 Nov, 14:20”, and how many still fit where more than one does."""
    when = moment_words(one.slot.starts_at, zone, now)
    return f"{when} ({one.free} places)" if one.free > 1 else when
