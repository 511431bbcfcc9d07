"""The questions of the intake form: any of them on a page, or all together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from core.forms import ParagraphField, TextField, clean_text
from core.mail import validate_recipient
from intake.enums import Frequency
from intake.forms.amounts import AmountField, MinutesField, PeopleField
from intake.rules.messy import named_period

NO_MEETING = ("", "No meeting needed")
LONGEST_RAW = 20_000  # characters; an answer may have 4,000 once it is cleaned


def _words(label: str, most: int, rows: int, missing: str = "") -> ParagraphField:
    messages = {
        "required": missing,
        "max_length": f"“{label}” is too long: %(show_value)d characters, at most %(limit_value)d.",
    }
    return ParagraphField(
        label=label,
        max_length=most,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages=messages,
    )


class EmailField(forms.EmailField):
    """An e-mail address that mail can be sent to."""

    default_validators = [validate_recipient]

    def to_python(self, value: Any) -> Any:
        """Clean before the length is checked."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class AskForm(forms.Form):
    """Those of the questions that `names` lists."""

    goal = _words(
        "What are you trying to get done?",
        2000,
        4,
        "Write what you are trying to get done. One sentence is enough.",
    )
    today = _words(
        "What happens today?", 4000, 6, "Write what happens today. One sentence is enough."
    )
    times = AmountField(label="How many times", help_text="3, about 5, 2 to 3.")
    per = forms.ChoiceField(label="Per", choices=Frequency.choices, initial="week", required=False)
    minutes = MinutesField(
        label="How long it takes each time", help_text="20 minutes, 1:30, half an hour."
    )
    people = PeopleField(label="How many people have it", help_text="You and whom you know of.")
    tried = _words("What have you tried?", 4000, 4)
    solution = _words("Have you thought of a solution?", 4000, 4)
    name = TextField(label="Your name", max_length=120)
    email = EmailField(
        label="Your e-mail", max_length=254, help_text="To tell you what becomes of it."
    )
    department = TextField(
        label="Your department",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    is_private = forms.BooleanField(
        label="Only the product’s team may read it",
        required=False,
        help_text="Otherwise colleagues who ask for something like it see the problem, never "
        "your name.",
    )
    slot = forms.ChoiceField(
        label="A slot in office hours",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "This slot has just gone. Choose another one."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        names: Collection[str],
        slots: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in set(fields) - set(names):
            del fields[name]
        if "slot" in fields:
            fields["slot"].choices = [NO_MEETING, *slots]

    def clean_per(self) -> str:
        """What they wrote themselves beats the list beside it: “twice a day”."""
        text = self.data.get(self.add_prefix("times")) or ""
        named = named_period(clean_text(str(text)))
        return named or self.cleaned_data["per"] or Frequency.WEEK


def raw_answers(posted: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """What was typed, as it was typed: all that a draft can't hold is NUL and half characters."""
    return {name: _storable(posted.get(name) or "") for name in names}


def _storable(text: str) -> str:
    whole = text.encode("utf-8", "ignore").decode()
    return whole.replace("\0", "")[:LONGEST_RAW]
