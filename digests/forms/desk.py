"""What a product manager types about an issue."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ParagraphField, TextField, VersionedForm
from digests.models import Issue, IssueItem, ProductDigest


def _longest(model: type[Any], name: str) -> int:
    return int(model._meta.get_field(name).max_length)


class NoteForm(VersionedForm):
    """Two sentences that stand above everything else."""

    note = ParagraphField(
        label="Your note",
        help_text="Two sentences of your own, in front of everything else.",
        max_length=_longest(Issue, "note"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "dir": "auto", "class": "grows", "data-count-words": "note-words"}
        ),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="note-%s", **kwargs)


class _ItemForm(VersionedForm):
    """One of several on a page: the key of its item keeps the ids of their fields apart."""

    tool = ""

    def __init__(self, data: Any = None, *, item: IssueItem, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.tool}-{item.pk}-%s", **kwargs)
        self.item_pk = item.pk


class HideForm(_ItemForm):
    """Why something is left out."""

    tool = "hide"
    reason = TextField(
        label="Why it is left out",
        help_text="Only the team reads this.",
        max_length=_longest(IssueItem, "hidden_reason"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class WordForm(_ItemForm):
    """Something in one's own words."""

    tool = "word"
    wording = TextField(
        label="In your words",
        help_text="Leave it empty for the words it was drafted in.",
        max_length=_longest(IssueItem, "wording"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class WayForm(forms.Form):
    """How a product is told."""

    is_paused = forms.BooleanField(
        label="Send nothing about this product",
        help_text="Nothing is drafted and no mail tells of it until you go on. Its readers hear of "
        "their other products as ever.",
        required=False,
    )
    links_only = forms.BooleanField(
        label="Links without content",
        help_text="For a product that is confidential: mails hold its name and a link to its page, "
        "which asks to sign in. No figures, no words.",
        required=False,
    )

    @classmethod
    def of(cls, way: ProductDigest | None) -> WayForm:
        """Filled in with how it is told."""
        way = way or ProductDigest()
        return cls(initial={"is_paused": way.is_paused, "links_only": way.links_only})
