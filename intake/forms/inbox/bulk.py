"""What is typed about several requests at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from core.forms import DayField, TextField
from intake.models import Opportunity, Request


class LinkManyForm(forms.Form):
    """The opportunity that all of them become part of."""

    opportunity = forms.TypedChoiceField(label="Opportunity", coerce=int)

    def __init__(self, data: Any = None, *, offered: Sequence[Opportunity]) -> None:
        super().__init__(data)
        field: Any = self.fields["opportunity"]
        field.choices = [("", "Choose one"), *((one.pk, one.problem[:120]) for one in offered)]


class SnoozeManyForm(forms.Form):
    """Until when all of them are put off, and why."""

    until = DayField(label="Until")
    reason = TextField(max_length=300, label="Why")


class AssignManyForm(forms.Form):
    """Who looks after all of them."""

    assignee = forms.TypedChoiceField(
        label="Looked after by", required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any = None, *, team: Sequence[Any]) -> None:
        super().__init__(data)
        field: Any = self.fields["assignee"]
        field.choices = [("", "Nobody in particular"), *((one.pk, str(one)) for one in team)]


class MergeManyForm(forms.Form):
    """Which of them stays; the others are the same as it."""

    kept = forms.ChoiceField(label="Which one stays", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, picked: Sequence[Request]) -> None:
        super().__init__(data)
        field: Any = self.fields["kept"]
        field.choices = [
            (one.reference, f"{one.reference}: {(one.problem or one.goal)[:120]}") for one in picked
        ]
