"""What people type about what they learned from others."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm, clean_text
from intake.enums import Consent, FieldNoteKind, Frequency
from intake.forms.amounts import AmountField, MinutesField
from intake.models import FieldNote
from intake.rules.consent import may_quote
from intake.selectors.research import attachable
from intake.services.research import FIELDS, Learned
from personas.models import Persona
from portfolio.models import Product

MOST_LINES = 50


class LinesField(ParagraphField):
    """Short texts, one a line."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(max_length=MOST_LINES * (longest + 1), required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The lines without empty ones.

        Raises:
            ValidationError: there are too many, or one is too long.
        """
        lines = [line for line in str(super().clean(value)).splitlines() if line]
        if len(lines) > MOST_LINES:
            raise ValidationError(f"Write at most {MOST_LINES} lines.", code="too_many")
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(f"A line has at most {self.longest} signs.", code="too_long")
        return lines

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value


class FieldNoteForm(VersionedForm):
    """A note with what hangs on it; `token` says which form was sent."""

    fieldsets = (
        ("What it was", ("kind", "day", "persona")),
        ("With whom", ("email", "name", "department", "consent")),
        ("What we learned", ("text", "quotes", "edge_cases", "opportunities")),
        ("What it costs them", ("times", "per", "minutes")),
    )

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label="Kind",
        choices=FieldNoteKind.choices,
        widget=forms.RadioSelect,
        initial=FieldNoteKind.INTERVIEW,
    )
    day = KnownDayField(label="Day")
    persona = forms.ModelChoiceField(
        label="Persona",
        queryset=Persona.objects.none(),
        required=False,
        empty_label="None of them, or not known",
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        help_text="With an account we know that somebody who asked and was interviewed is one.",
    )
    name = TextField(label="Name", required=False, max_length=120)
    department = TextField(
        label="Department",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    consent = forms.ChoiceField(
        label="What they agreed to",
        choices=Consent.choices,
        widget=forms.RadioSelect,
        initial=Consent.NOT_ASKED,
        help_text="A name is printed only with consent to that; else it was “Somebody in …”.",
    )
    text = ParagraphField(label="What we learned", max_length=8000)
    quotes = LinesField(
        label="In their own words",
        longest=1000,
        help_text="One quote a line. Kept only if they agreed to be quoted.",
    )
    edge_cases = LinesField(
        label="Edge cases",
        longest=500,
        help_text="What was unusual, one a line. Each wants something that checks it later on.",
    )
    opportunities = forms.TypedMultipleChoiceField(
        label="Evidence for", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    times = AmountField(label="How often")
    per = forms.ChoiceField(
        label="A", choices=[("", "Not known"), *Frequency.choices], required=False
    )
    minutes = MinutesField(label="Minutes each time")

    def __init__(
        self,
        *args: Any,
        product: Product,
        today: dt.date,
        note: FieldNote | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].last = today
        self.fields["persona"].queryset = Persona.objects.by_name()
        choices = [(one.pk, one.problem) for one in attachable(product, note)]
        self.fields["opportunities"].choices = choices
        if not choices:
            del self.fields["opportunities"]

    def clean_email(self) -> str:
        """In lower case, without what can't be seen."""
        return clean_text(self.cleaned_data["email"].lower())  # composed after, not before

    def clean(self) -> dict[str, Any]:
        """Quotes need consent; how often needs its unit."""
        typed = super().clean() or self.cleaned_data
        if typed.get("quotes") and not may_quote(typed.get("consent", "")):
            words = "They did not agree to be quoted: ask them, or leave their words out."
            self.add_error("quotes", words)
        if typed.get("times") is not None and not typed.get("per"):
            self.add_error("per", "Say per what: a working day, a week, a month or a year.")
        return typed

    @property
    def learned(self) -> Learned:
        """What services take; the account is found by its address."""
        typed = self.cleaned_data
        user = User.objects.filter(email__iexact=typed["email"]).first() if typed["email"] else None
        fields = {name: typed[name] for name in FIELDS if name in typed} | {
            "user": user,
            "name": typed["name"] or (user.name if user else ""),
        }
        return Learned(
            fields,
            department=typed["department"],
            quotes=typed["quotes"],
            edge_cases=typed["edge_cases"],
            opportunities=typed.get("opportunities", []),
        )


def field_note_initial(note: FieldNote) -> dict[str, Any]:
    """What the form shows of a note."""
    names = (*("kind", "day", "persona", "email", "name", "consent", "text"),
             *("times", "per", "minutes", "version"))  # fmt: skip
    return {name: getattr(note, name) for name in names} | {
        "department": note.department.name if note.department else "",
        "quotes": [one.text for one in note.quotes.all()],
        "edge_cases": [one.what for one in note.edge_cases.all()],
        "opportunities": [one.opportunity_id for one in note.evidence.all()],
    }


class EdgeCaseForm(forms.Form):
    """What makes sure that something unusual works from now on."""

    remedy = TextField(
        label="What checks it",
        max_length=500,
        required=False,
        help_text="A test, a report, a question in the form, a person who looks.",
    )
    checked_on = KnownDayField(label="Since", required=False)

    def clean(self) -> dict[str, Any]:
        """A day alone says nothing."""
        typed = super().clean() or self.cleaned_data
        if typed.get("checked_on") and not typed.get("remedy"):
            self.add_error("remedy", "Say what checks it since then.")
        return typed


class SuggestionForm(forms.Form):
    """A note for the suggestion box."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = ParagraphField(label="Your suggestion", max_length=4000)
    is_signed = forms.BooleanField(
        label="Sign it with my name",
        required=False,
        help_text="Without it nobody can see who wrote it, and nobody can answer you.",
    )
