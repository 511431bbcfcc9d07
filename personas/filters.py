"""The filter bar of the coverage matrix: what stands in its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from personas.selectors import CoverageFilters, Options
from portfolio.enums import Stage

STAGES = [pair for pair in Stage.choices if pair[0] != Stage.RETIRED]


class CoverageForm(forms.Form):
    """Filters. A value that is not offered filters nothing, and the form says so."""

    persona = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    department = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    function = forms.TypedChoiceField(
        label="Business function", required=False, coerce=int, empty_value=None
    )
    stage = forms.ChoiceField(required=False, choices=[("", "Any"), *STAGES])

    def __init__(self, data: QueryDict, options: Options) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        for name, pairs in (
            ("persona", options.personas),
            ("department", options.departments),
            ("function", options.functions),
        ):
            fields[name].choices = [("", "Any"), *pairs]

    @property
    def filters(self) -> CoverageFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        return CoverageFilters(**{key: value for key, value in self.cleaned_data.items() if value})
