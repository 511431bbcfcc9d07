"""What the form of a release note asks about opportunities."""

from __future__ import annotations

from typing import Any

from django import forms

from intake.selectors.shipping import Solved, solvable, solved_by


def release_fields(product: Any, release: Any) -> dict[str, forms.Field]:
    """What a note solves; nothing is asked where the product has no opportunity."""
    solved = solved_by([release.pk]).get(release.pk, []) if release else []
    told = [one for one in solved if one.is_told]
    open_ones = {one.pk: one.problem for one in solvable(product)}
    open_ones |= {one.opportunity.pk: one.opportunity.problem for one in solved}
    for one in told:
        open_ones.pop(one.opportunity.pk)
    every = open_ones | {one.opportunity.pk: one.opportunity.problem for one in told}
    if not every:
        return {}
    fields = {"as_asked": _boxes("Built exactly as somebody asked for it", every)}
    fields["as_asked"].help_text = "Tick what was built as it was wished for, and nothing else."
    fields["as_asked"].initial = [one.opportunity.pk for one in solved if one.built_as_asked]
    if open_ones:
        solves = _boxes("What this solves", open_ones)
        solves.help_text = _told_words(told)
        solves.initial = [one.opportunity.pk for one in solved if not one.is_told]
        fields = {"solves": solves, **fields}
    return fields


def _boxes(label: str, choices: dict[int, str]) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=label,
        coerce=int,
        choices=list(choices.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _told_words(told: list[Solved]) -> str:
    words = "Everybody behind it is told, once, when the note is out."
    if not told:
        return words
    names = "; ".join(f"“{one.opportunity.problem}”" for one in told)
    return f"{words} Told already: {names}."
