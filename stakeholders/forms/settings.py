"""The form of the maps' settings."""

from __future__ import annotations

from django import forms


class SettingsForm(forms.Form):
    """One switch for the whole organisation."""

    shows_animals = forms.BooleanField(
        label="Name the four animals on maps",
        required=False,
        help_text="Lion, elephant, monkey and deer, with their drawings. Without them the zones "
        "are called Keep satisfied, Work together, Keep involved and Keep informed. Plans and "
        "debts stay the same.",
    )
