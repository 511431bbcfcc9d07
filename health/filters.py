"""The filter bar of the board: what stands in its address."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import QueryDict

from core.forms import TextField
from health.enums import Status
from health.selectors import SORTS, BoardFilters, BoardOptions
from portfolio.enums import Stage


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
    stage = forms.ChoiceField(required=False, choices=[("", "Any"), *Stage.choices])
    status = forms.ChoiceField(required=False, choices=[("", "Any"), *Status.choices])

    def __init__(self, data: QueryDict, options: BoardOptions) -> None:
        super().__init__(data)
        for name, pairs in (("portfolio", options.portfolios), ("function", options.functions)):
            self.fields[name].choices = [("", "Any"), *pairs]  # type: ignore[attr-defined]  # a choice field

    @property
    def filters(self) -> BoardFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        sort = self.data.get("sort", "")
        known = sort if sort.removeprefix("-") in SORTS else "status"
        return BoardFilters(**found, sort=known)


def day_of(query: QueryDict, today: dt.date) -> dt.date:
    """The day that `?day=` names; today where it names none, or one that has not come."""
    try:
        day = dt.date.fromisoformat(query.get("day", ""))
    except ValueError:
        return today
    return min(day, today) if day.year >= 1900 else today
