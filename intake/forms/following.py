"""What people behind a request say later."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ParagraphField
from intake.enums import Frequency
from intake.forms.amounts import AmountField, MinutesField, PeopleField
from intake.models import Voice
from intake.services.asking import Amounts

LONGEST = 2000


class AddForm(forms.Form):
    """More words, and one's own amounts."""

    words = ParagraphField(
        label="What else should the team know?",
        help_text="It is added to what you said; nothing is replaced.",
        max_length=LONGEST,
        required=False,
    )
    times = AmountField(label="How often does it happen to you?", help_text="A guess is enough.")
    per = forms.ChoiceField(
        label="A day, a week, a month or a year?", choices=Frequency.choices, required=False
    )
    minutes = MinutesField(label="How long does it take each time?")
    people = PeopleField(label="How many people have the same problem?")

    @property
    def amounts(self) -> Amounts:
        """What it costs them; how often counts by the week unless they say."""
        data = self.cleaned_data
        return Amounts(
            times=data["times"],
            per=(data["per"] or Frequency.WEEK) if data["times"] is not None else "",
            minutes=data["minutes"],
            people=data["people"],
        )


def amounts_of(voice: Voice) -> dict[str, Any]:
    """What they said before."""
    known = {name: getattr(voice, name) for name in ("times", "minutes", "people")}
    shown = {
        name: "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in known.items()
    }
    return {**shown, "per": voice.per or Frequency.WEEK}


class ReplyForm(forms.Form):
    """An answer to the team's question."""

    text = ParagraphField(label="Your answer", max_length=LONGEST)


class DisagreeForm(forms.Form):
    """Why the team has got it wrong."""

    text = ParagraphField(
        label="What is wrong, and why?",
        help_text="The team reads the request again, with your words.",
        max_length=LONGEST,
    )
