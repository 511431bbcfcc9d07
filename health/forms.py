"""What administrators type about the formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from core.audit import plain_words
from core.forms import KnownDayField, NumberField, TextField
from health import rules
from portfolio.models import Product

Path = tuple[str, ...]
_SHORT = {"choice_factors": "choice", "exchange_factors": "exchange", "stage_factors": "factor"}


def field_name(path: Path) -> str:
    """The field of a value: ("stage_factors", "pilot", "quality") → "factor_pilot_quality"."""
    return "_".join((_SHORT.get(path[0], path[0]), *path[1:]))


DEFAULTS = rules.flat(rules.Settings())
PATHS: dict[str, Path] = {field_name(path): path for path in DEFAULTS}


def texts_of(settings: rules.Settings) -> dict[str, str]:
    """The values as the fields show them."""
    flat = rules.flat(settings)
    return {name: plain_words(flat.get(path, DEFAULTS[path])) for name, path in PATHS.items()}


class SettingsForm(forms.Form):
    """Thresholds, signal values and stage factors; an empty field takes its default.

    `base` are the settings that it changes: a value of theirs that has no field is kept.
    """

    on = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, base: rules.Settings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        for name in PATHS:
            self.fields[name] = NumberField(
                required=False, widget=forms.TextInput(attrs=_ATTRIBUTES), max_value=None
            )

    def clean(self) -> dict[str, Any]:
        """The rules of the formula, each problem at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        for problem in rules.field_problems(self.candidate):
            name = field_name(problem.field)
            self.add_error(name if name in self.fields else None, problem.words)
        return cleaned

    @property
    def candidate(self) -> rules.Settings:
        """The settings that were typed."""
        typed = {
            path: DEFAULTS[path] if self.cleaned_data.get(name) is None else self.cleaned_data[name]
            for name, path in PATHS.items()
        }
        return rules.from_flat({**rules.flat(self.base), **typed})

    @property
    def changes(self) -> dict[str, str]:
        """What differs from `base`, as the address of the preview carries it."""
        return changed_texts(self.base, self.candidate)


_ATTRIBUTES = {
    "inputmode": "decimal",
    "class": "input-5 number",
    "autocomplete": "off",
    "maxlength": "40",
}


def changed_texts(base: rules.Settings, other: rules.Settings) -> dict[str, str]:
    """The fields whose values differ, with those of `other`."""
    then = texts_of(other)
    return {name: then[name] for name, text in texts_of(base).items() if then[name] != text}


def on_top(base: rules.Settings, typed: Mapping[str, Any]) -> dict[str, str]:
    """The fields of `base`, those that were typed put over them."""
    given = {name: str(typed[name]) for name in PATHS if name in typed}
    return {**texts_of(base), **given}


class RecomputeForm(forms.Form):
    """Days that are over, perhaps of one product alone, and why."""

    first = KnownDayField(label="First day")
    last = KnownDayField(label="Last day")
    product = TextField(
        label="Only one product",
        required=False,
        max_length=200,
        help_text="Its name, or the last part of its address. Empty: all products.",
    )
    why = TextField(
        label="Why",
        max_length=300,
        help_text="It stands in the activity of each product whose past changes.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_product(self) -> Product | None:
        """The product that is meant.

        Raises:
            ValidationError: there is none, or more than one.
        """
        typed = self.cleaned_data["product"]
        if not typed:
            return None
        found = list(Product.objects.filter(Q(slug=typed.lower()) | Q(name__iexact=typed))[:2])
        if len(found) != 1:
            words = "No product is called this." if not found else "Several are: use the address."
            raise forms.ValidationError(words)
        return found[0]

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not be before the first.")
        return cleaned
