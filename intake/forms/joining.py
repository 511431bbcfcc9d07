"""“That's me too”: one's own amounts and words behind somebody else's request."""

from __future__ import annotations

from django import forms

from core.forms import ParagraphField
from intake.forms.asking import AskForm


class JoinForm(AskForm):
    """How often, how long, how many, and what is different for this person."""

    words = ParagraphField(
        label="What is it like for you",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="In your own words. The team reads it beside the request.",
    )
    field_order = ("words", "times", "per", "minutes", "people", "department")
