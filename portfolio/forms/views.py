"""The form under which a view of a list is kept."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import TextField, VersionedForm
from portfolio.models import SavedView


class SavedViewForm(VersionedForm):
    """Its name, whether others may use it, whether the page opens with it; `token` says which form
    was sent.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = TextField(label="Name", max_length=80)
    is_shared = forms.BooleanField(
        label="Others may use it",
        required=False,
        help_text="Whoever opens it sees what they may see themselves, never more.",
    )
    is_default = forms.BooleanField(
        label="Open the page with it",
        required=False,
        help_text="For you alone: the page without any filters opens with this view.",
    )

    @property
    def view_fields(self) -> dict[str, Any]:
        """What services write to the view itself."""
        return {name: self.cleaned_data[name] for name in ("name", "is_shared")}

    def say_taken(self) -> None:
        """The name is given already."""
        self.add_error("name", "You have a view with this name here already.")


def view_initial(view: SavedView, *, is_default: bool) -> dict[str, Any]:
    """What the form shows of a view."""
    return {
        "name": view.name,
        "is_shared": view.is_shared,
        "is_default": is_default,
        "version": view.version,
    }
