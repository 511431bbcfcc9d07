"""The filter bar of the directory: what stands in its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import TextField
from stakeholders.enums import Audience
from stakeholders.selectors.people import PeopleFilters


class PeopleForm(forms.Form):
    """Search and filters. A value that is not offered filters nothing, and the form says so."""

    q = TextField(
        label="Search",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, e-mail or role"}),
    )
    department = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    audience = forms.ChoiceField(
        label="Reads best", required=False, choices=[("", "Any"), *Audience.choices]
    )

    def __init__(self, data: QueryDict, departments: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["department"]
        field.choices = [("", "Any"), *departments]

    @property
    def filters(self) -> PeopleFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        return PeopleFilters(**{key: value for key, value in self.cleaned_data.items() if value})
