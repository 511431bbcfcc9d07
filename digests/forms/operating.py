"""What administrators type about all mail."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import TextField

KEEP, DROP = "keep", "drop"


class PauseForm(forms.Form):
    """Why nothing is sent."""

    why = TextField(
        label="Why",
        max_length=300,
        help_text="Everybody who operates Homegrown reads it.",
    )


class ResumeForm(forms.Form):
    """What becomes of the mail that waits."""

    old = forms.ChoiceField(
        label="Mail that waits",
        choices=[
            (KEEP, "Send it now"),
            (DROP, "Take back what was due before this moment; nobody gets it"),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, is_guarded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # After a restore both can be wrong, so nothing is proposed.
        self.fields["old"].initial = None if is_guarded else KEEP
