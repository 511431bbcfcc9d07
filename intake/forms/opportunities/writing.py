"""What a team types about an opportunity."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ParagraphField, TextField, VersionedForm
from intake.presenters.opportunities.words import ALIGNMENTS

GoalChoices = list[tuple[str, list[tuple[int, str]]]]

PROBLEM_HINT = "What gets in whose way, and when. Not what to build."
WHY_HINT = "What it costs people, and what it has to do with the mission."


def alignment_choices() -> list[tuple[str, str]]:
    """Nothing yet, then 0 to 3 with what they mean."""
    judged = [(str(number), f"{number}: {words}") for number, words in enumerate(ALIGNMENTS)]
    return [("", "Not judged yet"), *judged]


class NewOpportunityForm(forms.Form):
    """The problem first; the rest can wait."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    problem = TextField(label="The problem in one sentence", max_length=300, help_text=PROBLEM_HINT)
    why = ParagraphField(
        label="Why it matters", max_length=4000, required=False, help_text=WHY_HINT
    )


class OpportunityForm(VersionedForm):
    """The problem, why it matters, and how it fits the mission."""

    problem = TextField(label="The problem in one sentence", max_length=300, help_text=PROBLEM_HINT)
    why = ParagraphField(
        label="Why it matters", max_length=4000, required=False, help_text=WHY_HINT
    )
    alignment = forms.TypedChoiceField(
        label="Alignment with the mission",
        required=False,
        coerce=int,
        empty_value=None,
        choices=alignment_choices,
    )
    alignment_why = TextField(label="Why this alignment", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """A judgement without a why says nothing; a why may wait for its judgement."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        judged = cleaned.get("alignment") is not None
        if judged and not cleaned.get("alignment_why") and "alignment_why" not in self.errors:
            self.add_error("alignment_why", "Why this alignment is missing.")
        return cleaned


class GoalsForm(forms.Form):
    """The goals of personas that it stands in the way of."""

    goals = forms.TypedMultipleChoiceField(
        label="Goals", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, offered: GoalChoices, **kw: Any) -> None:
        super().__init__(data, **kw)
        field: Any = self.fields["goals"]
        field.choices = offered


class MergeForm(forms.Form):
    """The opportunity that is the same problem."""

    kept = forms.TypedChoiceField(
        label="It is the same problem as",
        coerce=int,
        help_text="That one stays, with its decision. What speaks for this one goes over to it.",
    )

    def __init__(self, data: Any, offered: list[tuple[int, str]], **kw: Any) -> None:
        super().__init__(data, **kw)
        field: Any = self.fields["kept"]
        field.choices = [("", "Choose one"), *offered]
