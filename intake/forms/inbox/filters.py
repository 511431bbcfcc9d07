"""The filter bar of an inbox: what stands in its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import TextField
from intake.enums import Source
from intake.selectors.inbox.filters import WAITING, InboxFilters

SHOWS = {
    WAITING: "Waiting for you",
    "new": "New",
    "understood": "Understood, not linked",
    "asked": "Asked back",
    "snoozed": "Put off",
    "linked": "Part of an opportunity",
    "decided": "Decided",
    "closed": "Closed",
}
AGES = [("", "Any age"), ("amber", "3 working days or more"), ("red", "10 working days or more")]
SORTS = [
    ("oldest", "Oldest first"),
    ("newest", "Newest first"),
    ("people", "Most people"),
    ("pull", "Most hours a month"),
]


class InboxForm(forms.Form):
    """Search, filters and order. A value that is not offered filters nothing."""

    q = TextField(
        label="Search",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Words or reference"}),
    )
    product = forms.ChoiceField(required=False)
    age = forms.ChoiceField(required=False, choices=AGES)
    source = forms.ChoiceField(
        label="Came by", required=False, choices=[("", "Any way"), *Source.choices]
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=SORTS)
    mine = forms.BooleanField(label="Looked after by me", required=False)

    def __init__(self, data: QueryDict, products: Sequence[tuple[str, str]]) -> None:
        super().__init__({**data.dict(), "sort": data.get("sort") or "oldest"}, auto_id="filter-%s")
        field: Any = self.fields["product"]
        field.choices = [("", "All products"), *products]
        if not products:
            del self.fields["product"]
        self._show = data.get("show", "")

    @property
    def filters(self) -> InboxFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        asked = dict(self.cleaned_data)
        show = self._show if self._show in SHOWS else WAITING
        text = asked.pop("q", "")
        known = {key: value for key, value in asked.items() if value}
        return InboxFilters(show=show, text=text, **known)
