"""What narrows a map, as its address says it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from core.as_of import AsOf
from core.forms import DayInput, TextField, clean_text
from stakeholders.enums import Plan
from stakeholders.selectors.map import MapFilters

LONGEST_TEXT = 100


def asked_filters(query: QueryDict) -> MapFilters:
    """The filters of the address; what can't be read narrows nothing."""
    department = query.get("department", "")
    plan = query.get("plan", "")
    is_key = department.isascii() and department.isdigit() and len(department) <= 18
    return MapFilters(
        text=clean_text(query.get("q", ""))[:LONGEST_TEXT],
        plan=plan if plan in Plan.values else "",
        department=int(department) if is_key else None,
        overdue=bool(query.get("overdue")),
    )


def asked_placement(query: QueryDict) -> int | None:
    """Whose place stands beside the map."""
    who = query.get("who", "")
    return int(who) if who.isascii() and who.isdigit() and len(who) <= 18 else None


class MapForm(forms.Form):
    """The filters as the address has them, and the day to compare with."""

    q = TextField(label="Point out", required=False, widget=forms.SearchInput)
    plan = forms.ChoiceField(
        label="Weekly digest", required=False, choices=[("", "Any"), *Plan.choices]
    )
    department = forms.ChoiceField(label="Department", required=False)
    on = forms.CharField(label="Compare with", required=False)
    overdue = forms.BooleanField(label="Only who waits", required=False)

    def __init__(self, filters: MapFilters, departments: list[tuple[int, str]], when: AsOf) -> None:
        data = {
            "q": filters.text,
            "plan": filters.plan,
            "department": str(filters.department or ""),
            "overdue": filters.overdue,
            "on": when.typed,
        }
        super().__init__(data)
        self.when = when
        fields: dict[str, Any] = self.fields
        fields["department"].choices = [("", "Any"), *((str(k), name) for k, name in departments)]
        fields["on"].widget = DayInput({"max": when.today.isoformat()})

    def clean(self) -> dict[str, Any]:
        """A department that nobody on the map is of narrows to nobody: no error. What is wrong with
        the day stands beside it.
        """
        self.errors.pop("department", None)
        if self.when.problem:
            self.add_error("on", self.when.problem)
        return self.cleaned_data
