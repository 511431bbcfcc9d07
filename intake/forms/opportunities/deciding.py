"""What is typed when an opportunity is decided."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ParagraphField, VersionedForm
from intake.enums import Decision

GATED = (
    "“Now” needs one piece of evidence that is not the requester’s. "
    "Attach some, or say why you accept it as a favour."
)


class DecisionForm(VersionedForm):
    """Now, next, later or no. `is_gated`: *now* is open only as a favour."""

    to = forms.ChoiceField(label="Decision", choices=Decision.choices, widget=forms.RadioSelect)
    reason = ParagraphField(
        label="Reason",
        max_length=2000,
        help_text="Everybody who asked reads this.",
    )
    favour_reason = ParagraphField(
        label="Accept as a favour, because",
        max_length=2000,
        required=False,
        help_text="Only for “now” without other evidence. It counts in the order-taker ratio.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, is_gated: bool, **kw: Any) -> None:
        super().__init__(data, **kw)
        if not is_gated:
            del self.fields["favour_reason"]

    def refuse(self) -> None:
        """Say at the favour that *now* is closed; or above, where the field was not offered."""
        self.add_error("favour_reason" if "favour_reason" in self.fields else None, GATED)


class ReopenForm(VersionedForm):
    """Why a decision is taken back."""

    reason = ParagraphField(
        label="Reason", max_length=2000, help_text="Everybody who asked reads this."
    )
