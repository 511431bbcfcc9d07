"""What the form of a release note asks about personas."""

from __future__ import annotations

from typing import Any

from django import forms

from personas.selectors import persona_choices, personas_of_releases


def release_fields(product: Any, release: Any) -> dict[str, forms.Field]:
    """For whom a note is above all; nothing is asked where nobody was described yet."""
    chosen = personas_of_releases([release.pk]).get(release.pk, []) if release else []
    choices = dict(persona_choices()) | {one.pk: one.name for one in chosen}
    if not choices:
        return {}
    field = forms.TypedMultipleChoiceField(
        label="For whom",
        coerce=int,
        choices=list(choices.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Those who will notice it most. Nobody: for all who use the product.",
        initial=[one.pk for one in chosen],
    )
    return {"personas": field}
