"""What people type about overlaps."""

from __future__ import annotations

from django import forms

from core.forms import TextField


class ReasonForm(forms.Form):
    """Why an overlap is none."""

    reason = TextField(
        label="Why is it no overlap?",
        max_length=500,
        help_text="Everybody who can see both reads it, with your name.",
    )
