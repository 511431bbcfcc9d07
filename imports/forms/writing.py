"""How a file is written: its header, its numbers, its days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from core.forms import TextField
from imports.rules.mapping import Numbers

LONGEST = 100
THOUSANDS = ((",", "1,000"), (".", "1.000"), (" ", "1 000"), ("'", "1'000"), ("", "1000"))

DECIMALS = ((".", "0.5"), (",", "0,5"))

DAYS = (
    ("", "2026-11-21"),
    ("day/month/year", "21/11/2026"),
    ("day.month.year", "21.11.2026"),
    ("day month year", "21 11 2026"),
    ("month/day/year", "11/21/2026"),
    ("year/month/day", "2026/11/21"),
)


class WritingForm(forms.Form):
    """What a reader has to know before it can read a cell."""

    header_line = forms.IntegerField(
        label="The names of the columns stand in line",
        min_value=1,
        max_value=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-5", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter a whole number from 1 to 100."
        ),
    )
    sheet = TextField(label="Sheet", max_length=LONGEST, required=False)
    dates = forms.ChoiceField(
        label="Days", choices=DAYS, required=False,
        widget=forms.Select(attrs={"class": "input-10"}),
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label="Decimals", choices=DECIMALS, required=False,
        widget=forms.Select(attrs={"class": "input-10"}),
    )  # fmt: skip
    thousands = forms.ChoiceField(
        label="Thousands", choices=THOUSANDS, required=False,
        widget=forms.Select(attrs={"class": "input-10"}),
    )  # fmt: skip
    currency = TextField(
        label="Signs around amounts",
        max_length=60,
        required=False,
        help_text="Set apart by commas. They are left out.",
        widget=forms.TextInput(attrs={"class": "input-10"}),
    )
    unknown = TextField(
        label="Marks for “not known”",
        max_length=200,
        required=False,
        help_text="Set apart by commas. Such values are refused as “unknown”.",
        widget=forms.TextInput(attrs={"class": "input-10"}),
    )

    def numbers(self, given: Mapping[str, Any], held: Numbers) -> Numbers:
        """The marks as answered; what is not asked stays as it was held."""
        if "decimal" not in self.fields:
            return held
        return replace(
            held,
            decimal=given["decimal"] or ".",
            thousands=given["thousands"],
            currency=_marks(given["currency"], held.currency),
            unknown=_marks(given["unknown"], held.unknown),
        )


def _marks(typed: str, held: tuple[str, ...]) -> tuple[str, ...]:
    """Texts set apart by commas; what nobody has changed stays, whatever stands in it."""
    if typed == ", ".join(held):
        return held
    return tuple(dict.fromkeys(mark for part in typed.split(",") if (mark := part.strip())))
