"""What people type about goals and tasks, and how well products serve them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm
from personas.enums import FitLevel, GoalKind
from personas.forms.fields import AmountField
from personas.rules.bounds import MOST_MINUTES, MOST_TIMES


class GoalForm(VersionedForm):
    """A job story."""

    when = TextField(label="When …", max_length=300, help_text="The situation they are in.")
    want = TextField(label="I want to …", max_length=300)
    so_that = TextField(label="so that …", max_length=300, required=False)
    kind = forms.ChoiceField(
        label="What it is about", choices=GoalKind.choices, initial=GoalKind.FUNCTIONAL
    )


class TaskForm(VersionedForm):
    """What they do for a goal."""

    name = TextField(label="Task", max_length=200)
    minutes = AmountField(label="Minutes each", highest=MOST_MINUTES)
    times_a_month = AmountField(label="Times a month, each person", highest=MOST_TIMES)
    is_planned = forms.BooleanField(
        label="They know beforehand when it comes", required=False, initial=True
    )


class FitForm(VersionedForm):
    """How well a product serves a goal."""

    level = forms.TypedChoiceField(
        label="How well does it serve the goal?",
        choices=[("", "Not judged yet"), *FitLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    evidence = ParagraphField(
        label="Evidence",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you saw that says so.",
    )
    judged_on = KnownDayField(label="Judged on")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judged_on"].last = today  # type: ignore[attr-defined]  # a KnownDayField
