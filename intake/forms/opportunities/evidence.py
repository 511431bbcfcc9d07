"""What is typed when evidence is attached."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import TextField

Offered = list[tuple[str, list[tuple[str, str]]]]


class LinkForm(forms.Form):
    """A request: one of those that sound like the problem, or any by its reference."""

    similar = forms.ChoiceField(
        label="These sound like it", required=False, widget=forms.RadioSelect
    )
    reference = TextField(
        label="Reference of the request",
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-10", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, offered: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(data, **kw)
        field: Any = self.fields["similar"]
        field.choices = offered
        if not offered:
            del self.fields["similar"]

    def clean(self) -> dict[str, Any]:
        """What was typed goes before what was chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("reference") or cleaned.get("similar", "")
        if not chosen and not self.errors:
            self.add_error("reference", "Reference of the request is missing.")
        cleaned["reference"] = chosen
        return cleaned


class EvidenceForm(forms.Form):
    """One note or KPI of the product, and what it shows."""

    piece = forms.ChoiceField(label="What speaks for it")
    why = TextField(label="What it shows", max_length=500, required=False)

    def __init__(self, data: Any, offered: Offered, **kw: Any) -> None:
        super().__init__(data, **kw)
        field: Any = self.fields["piece"]
        field.choices = [("", "Choose one"), *offered]
