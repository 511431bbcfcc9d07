"""The filter bar of the board: what stands in its address."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.http import QueryDict

from core.forms import TextField
from health.enums import Status
from health.selectors import SORTS, BoardFilters, BoardOptions
from portfolio.enums import Mine, Stage


def _whole(value: str) -> int:
    return int(value)


class BoardForm(forms.Form):
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
    status = forms.ChoiceField(required=False, choices=[("", "Any"), *Status.choices])

    def __init__(
        self,
        data: QueryDict,
        options: BoardOptions,
        sorts: Collection[str] = tuple(SORTS),
        sort: str = "status",
    ) -> None:
        """`sorts`: the orders of this page, `sort` the one without a word in the address."""
        super().__init__(data)
        self.sorts, self.default_sort = sorts, sort
        for name, pairs in (("portfolio", options.portfolios), ("function", options.functions)):
            self.fields[name].choices = [("", "Any"), *pairs]  # type: ignore[attr-defined]  # a choice field

    @property
    def filters(self) -> BoardFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        sort = self.data.get("sort", "")
        known = sort if sort.removeprefix("-") in self.sorts else self.default_sort
        return BoardFilters(**found, sort=known)
