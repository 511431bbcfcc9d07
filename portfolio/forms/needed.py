"""The forms of decisions needed and risks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm
from portfolio.enums import RiskState, Severity
from portfolio.models import DecisionNeeded, Risk

YEARS_AHEAD = 10
LONGEST_NAME = 120
LONGEST_TEXT = 2000
# The names of the team stand in a `<datalist id="names">` of the page.
_NAMES = {"list": "names", "autocomplete": "off", "class": "input-20"}


def _name_field(label: str, help_text: str) -> TextField:
    return TextField(
        label=label,
        max_length=LONGEST_NAME,
        help_text=help_text,
        widget=forms.TextInput(attrs=_NAMES),
    )


class EntryForm(VersionedForm):
    """What both forms share: `token` says which form was sent; days may lie ten years ahead."""

    day_field = ""
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.day_field].last = today + dt.timedelta(days=366 * YEARS_AHEAD)


class NeededForm(EntryForm):
    """A decision that somebody has to take."""

    day_field = "by_day"
    what = TextField(
        label="What has to be decided",
        max_length=200,
        help_text="As a question with an answer: “Do we keep the paper roster after March?”",
    )
    who = _name_field("Who decides", "One person or body. They need no account.")
    by_day = KnownDayField(label="By when")
    why = ParagraphField(
        label="What depends on it",
        max_length=LONGEST_TEXT,
        required=False,
        help_text="What waits, and what it costs to wait.",
    )


class RiskForm(EntryForm):
    """Something that may go wrong."""

    day_field = "until"
    what = TextField(
        label="What may go wrong",
        max_length=200,
        help_text="What would happen, and to whom.",
    )
    severity = forms.TypedChoiceField(
        label="How bad would it be",
        choices=Severity.choices,
        coerce=int,
        widget=forms.RadioSelect,
        initial=Severity.HURTS,
    )
    owner = _name_field("Who looks after it", "One person. They need no account.")
    until = KnownDayField(
        label="Until", help_text="The day on which it is over or looked at again."
    )
    plan = ParagraphField(label="What is done about it", max_length=LONGEST_TEXT, required=False)


class EndForm(VersionedForm):
    """How something ended, in words."""

    outcome = ParagraphField(label="What was decided", max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, outcome_label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if outcome_label:
            self.fields["outcome"].label = outcome_label


class RiskEndForm(EndForm):
    """Whether a risk is over or has happened."""

    state = forms.ChoiceField(
        label="How did it end",
        choices=[
            (RiskState.OVER, "It is over: it can't happen any more"),
            (RiskState.HAPPENED, "It happened"),
        ],
        widget=forms.RadioSelect,
        initial=RiskState.OVER,
    )
    field_order = ("state", "outcome")

    @property
    def ended(self) -> dict[str, Any]:
        """The end as the service takes it."""
        answers = self.cleaned_data
        return {"state": RiskState(answers["state"]), "outcome": answers["outcome"]}


def needed_initial(needed: DecisionNeeded) -> dict[str, Any]:
    """What the forms show of a decision."""
    names = ("what", "who", "by_day", "why", "outcome", "version")
    return {name: getattr(needed, name) for name in names}


def risk_initial(risk: Risk) -> dict[str, Any]:
    """What the forms show of a risk."""
    names = ("what", "severity", "owner", "until", "plan", "outcome", "version")
    shown = {name: getattr(risk, name) for name in names}
    # An open one has no end to choose yet; "over" is proposed.
    return shown if risk.state == RiskState.OPEN else {**shown, "state": risk.state}
