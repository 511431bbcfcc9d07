"""The filter bar of the board: what stands in its address."""

from __future__ import annotations

from django import forms

from core.forms import TextField
from intake.presenters.opportunities.words import decision_label
from intake.selectors.board import COLUMNS, ONE_SIDED, UNJUDGED, BoardFilters

ALIGNMENTS = [("", "Any"), *((str(n), f"{n} of 3") for n in range(4)), (UNJUDGED, "Not judged")]


class BoardForm(forms.Form):
    """Filters. A value that is not offered filters nothing, and the form says so."""

    q = TextField(label="Words", required=False, max_length=200)
    column = forms.ChoiceField(
        label="Decision",
        required=False,
        choices=[("", "All"), *((key, decision_label(key)) for key in COLUMNS)],
    )
    alignment = forms.ChoiceField(required=False, choices=ALIGNMENTS)
    evidence = forms.ChoiceField(
        required=False, choices=[("", "Any"), (ONE_SIDED, "Only the requester’s")]
    )

    def __init__(self, data: object, *, is_team: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        if not is_team:
            del self.fields["alignment"], self.fields["evidence"]

    @property
    def filters(self) -> BoardFilters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        asked = self.cleaned_data
        return BoardFilters(
            text=asked.get("q", ""),
            alignment=asked.get("alignment", ""),
            evidence=asked.get("evidence", ""),
            column=asked.get("column", ""),
        )
