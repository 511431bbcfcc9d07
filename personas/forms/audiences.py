"""What people type about a product's audiences: the bright-line test, put to each alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, VersionedForm, WholeField
from personas.querysets import PersonaQuerySet
from personas.rules.bounds import DAYS_AHEAD, MOST_PEOPLE
from portfolio.enums import Choice, Exchange

COUNT = ("head_count", "from_date")


class AudienceForm(VersionedForm):
    """How free the people of one persona are, what they give, and how many they are."""

    fieldsets = (
        ("Who they are", ("persona", "head_count", "from_date")),
        ("The bright-line test", ("choice", "exchange", "evidence", "tested_on")),
    )

    persona = forms.ModelChoiceField(label="Persona", queryset=None, empty_label="Choose one")
    head_count = WholeField(
        label="How many of them it is for",
        lowest=0,
        highest=MOST_PEOPLE,
        required=False,
        help_text="Without a number they don't count in the product's signal.",
    )
    from_date = KnownDayField(label="Counted from")
    choice = forms.ChoiceField(
        label="Could they do without it?", choices=Choice.choices, widget=forms.RadioSelect
    )
    exchange = forms.ChoiceField(
        label="What do they knowingly give for it?",
        choices=Exchange.choices,
        widget=forms.RadioSelect,
    )
    evidence = ParagraphField(
        label="Evidence",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you saw that says so.",
    )
    tested_on = KnownDayField(label="Tested on")

    def __init__(
        self, *args: Any, today: dt.date, personas: PersonaQuerySet | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["tested_on"].last = today
        fields["from_date"].last = today + DAYS_AHEAD
        if personas is None:
            del fields["persona"]
        else:
            fields["persona"].queryset = personas

    @property
    def test(self) -> dict[str, Any]:
        """The test itself, without who they are and how many."""
        left_out = ("persona", *COUNT)
        return {name: value for name, value in self.written.items() if name not in left_out}

    @property
    def count(self) -> dict[str, Any]:
        """How many they are, and from when on."""
        return {name: self.cleaned_data[name] for name in COUNT}
