"""What people type about a suggestion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import TextField, VersionedForm, WholeField
from stakeholders.forms.placements import POWER, SHOWABLE
from stakeholders.rules import HIGHEST, LOWEST


class SuggestionForm(VersionedForm):
    """Whether somebody moves as suggested, and why."""

    answer = forms.ChoiceField(
        label="What do you think?",
        choices=[("take", "Move them"), ("later", "Not now: don't ask again for 90 days")],
        widget=forms.RadioSelect,
    )
    power = WholeField(
        label="Power",
        lowest=LOWEST,
        highest=HIGHEST,
        required=False,
        help_text=f"Where to, if they move. {POWER}",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "input-5", "autocomplete": "off"}
        ),
    )
    reason = TextField(label="Reason", max_length=300, help_text=SHOWABLE)

    def __init__(self, *args: Any, lowest: int, highest: int, **kwargs: Any) -> None:
        """`lowest` and `highest`: the power that the suggestion speaks of."""
        super().__init__(*args, **kwargs)
        self.lowest, self.highest = lowest, highest

    def clean(self) -> dict[str, Any]:
        """Whoever moves crosses the line."""
        cleaned = self.cleaned_data
        power = cleaned.get("power")
        if cleaned.get("answer") == "take" and "power" not in self.errors:
            if power is None:
                self.add_error("power", "Say to which power they move.")
            elif not self.lowest <= power <= self.highest:
                bounds = f"from {self.lowest} to {self.highest}"
                words = f"Enter a power {bounds}, or answer “Not now”."
                raise ValidationError({"power": words})
        return cleaned

    @property
    def is_taken(self) -> bool:
        """Whether they move."""
        return bool(self.cleaned_data["answer"] == "take")
