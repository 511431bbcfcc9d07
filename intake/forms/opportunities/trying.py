"""What is typed about candidates and experiments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm
from intake.enums import CandidateKind, ExperimentOutcome

ADDED = [(kind.value, kind.label) for kind in (CandidateKind.BUILD, CandidateKind.ASKED)]


class CandidateForm(VersionedForm):
    """What a candidate would mean; empty makes it blank again."""

    what = ParagraphField(label="What it would mean", max_length=2000, required=False)


class NewCandidateForm(forms.Form):
    """Another way to solve it."""

    kind = forms.ChoiceField(
        label="Kind", choices=[*ADDED, *((k.value, k.label) for k in list(CandidateKind)[:3])]
    )
    what = ParagraphField(label="What it would mean", max_length=2000)


class ExperimentForm(VersionedForm):
    """What is tried, and what has to show that it works; both stay once it has started."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    what = ParagraphField(label="What we try", max_length=2000)
    criteria = ParagraphField(
        label="It worked if",
        max_length=2000,
        help_text="Written before the start, and locked from then on.",
    )
    ends_on = KnownDayField(label="Ends on", help_text="Usually 30 days from its start.")


class EndForm(VersionedForm):
    """How it ended."""

    outcome = forms.ChoiceField(
        label="It ends with", choices=ExperimentOutcome.choices, widget=forms.RadioSelect
    )
    learned = ParagraphField(label="What we learned", max_length=4000)


class ExtendForm(forms.Form):
    """Until when it goes on, and why."""

    until = KnownDayField(label="Until")
    reason = TextField(label="Reason", max_length=500)

    def __init__(self, data: Any = None, *, after: dt.date | None = None, **kw: Any) -> None:
        super().__init__(data, **kw)
        if after is not None:
            self.fields["until"].help_text = f"Later than {after:%-d %b %Y}."
