"""What somebody gets and how: one form for all products that they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property

from digests.enums import Every
from digests.selectors.choosing import Choices, ReadProduct
from digests.services.choosing import Wanted
from stakeholders.enums import Plan

USUAL = "The usual form"
AS_BELOW = [("keep", "As chosen for each"), ("", USUAL), *Plan.choices]


class ChoicesForm(forms.Form):
    """How often, and for each product whether and in which form.

    A product is changed only where the form that was sent has its fields: whatever came to be read
    since it was opened stays as it is.
    """

    every = forms.TypedChoiceField(
        label="How often", choices=Every.choices, coerce=int, widget=forms.RadioSelect
    )
    plan_of_all = forms.ChoiceField(
        label="Form for all products", choices=AS_BELOW, required=False, initial="keep"
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, choices: Choices) -> None:
        self.products: Sequence[ReadProduct] = choices.products
        super().__init__(data, initial={"every": choices.reader.every})
        for read in self.products:
            key = read.product.pk
            self.fields[f"shown_{key}"] = forms.BooleanField(
                required=False, initial=True, widget=forms.HiddenInput
            )
            self.fields[f"read_{key}"] = forms.BooleanField(
                label=read.product.name, required=False, initial=not read.is_muted
            )
            usual = USUAL if read.own_plan else f"{USUAL} ({Plan(read.plan).label.lower()})"
            self.fields[f"plan_{key}"] = forms.ChoiceField(
                label=f"Form of {read.product.name}",
                choices=[("", usual), *Plan.choices],
                required=False,
                initial=read.own_plan,
            )
        if len(self.products) < 2:
            del self.fields["plan_of_all"]

    @cached_property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """For each product its fields: shown, whether to send it, in which form."""
        keys = [read.product.pk for read in self.products]
        return [(self[f"shown_{key}"], self[f"read_{key}"], self[f"plan_{key}"]) for key in keys]

    @property
    def wanted(self) -> list[Wanted]:
        """What they want of each product that the form showed."""
        cleaned = self.cleaned_data
        for_all = cleaned.get("plan_of_all", "keep")
        is_for_all = "plan_of_all" in self.data and for_all != "keep"
        return [
            Wanted(
                product=read.product,
                is_muted=not cleaned[f"read_{read.product.pk}"],
                plan=for_all if is_for_all else cleaned[f"plan_{read.product.pk}"],
            )
            for read in self.products
            if cleaned.get(f"shown_{read.product.pk}")
        ]
