"""The filter bar of the catalogue: what stands in its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import TextField
from portfolio.enums import Kind, Mine, Stage
from portfolio.selectors import SORTS, CatalogueFilters, FilterOptions

Pairs = list[tuple[Any, str]]


def _whole(value: str) -> int:
    return int(value)


class CatalogueForm(forms.Form):
    """Search and filters. A value that is not offered filters nothing, and the form says so."""

    q = TextField(
        label="Search",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, mission or team"}),
    )
    portfolio = forms.TypedChoiceField(required=False, coerce=_whole, empty_value=None)
    function = forms.TypedChoiceField(required=False, coerce=_whole, empty_value=None)
    mine = forms.ChoiceField(label="Which", required=False, choices=[("", "All"), *Mine.choices])
    stage = forms.ChoiceField(required=False, choices=[("", "Any"), *Stage.choices])
    kind = forms.ChoiceField(required=False, choices=[("", "Any"), *Kind.choices])
    team = forms.TypedChoiceField(required=False, coerce=_whole, empty_value=None)
    manager = forms.TypedChoiceField(
        label="Product manager", required=False, coerce=_whole, empty_value=None
    )
    archived = forms.BooleanField(label="Archived products", required=False)

    def __init__(self, data: QueryDict, options: FilterOptions) -> None:
        super().__init__(data)
        for name, pairs in (
            ("portfolio", options.portfolios),
            ("function", options.functions),
            ("team", options.teams),
            ("manager", options.managers),
        ):
            self.fields[name].choices = [("", "Any"), *pairs]  # type: ignore[attr-defined]  # a choice field

    @property
    def filters(self) -> CatalogueFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        sort = self.data.get("sort", "")
        known = sort if sort.removeprefix("-") in SORTS else "name"
        return CatalogueFilters(**found, sort=known)
