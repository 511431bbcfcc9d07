"""Numbers and days, read the way people mean them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import DayField, NumberField
from kpis.rules import (
    PLAN_DAYS,
    Bounds,
    DateBounds,
    DateOutOfBounds,
    NotANumber,
    ValueOutOfBounds,
    read_number,
)

LARGEST_SAMPLE = 2_147_483_647


class ValueField(NumberField):
    """A number as people write it, commas for decimals and digits of any script included."""

    def __init__(self, *, bounds: Bounds | None = None, **kwargs: Any) -> None:
        self.bounds = bounds or Bounds()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number; None where nothing was typed."""
        if value is None or not str(value).strip():
            return None
        try:
            number = read_number(str(value))
            self.bounds.check(number)
        except (NotANumber, ValueOutOfBounds) as error:
            raise ValidationError(str(error), code="invalid") from None
        return number

    def prepare_value(self, value: Any) -> Any:
        """The number as a person would type it: every digit, 12 rather than 12.0."""
        return repr(value).removesuffix(".0") if isinstance(value, float) else value


class WholeField(ValueField):
    """A whole number of people, days or answers."""

    def to_python(self, value: Any) -> Any:
        """The number; None where nothing was typed."""
        number = super().to_python(value)
        if number is None:
            return None
        if not number.is_integer():
            raise ValidationError("Enter a whole number.", code="invalid")
        return int(number)


class BoundedDayField(DayField):
    """A day within bounds that the form knows."""

    def __init__(self, *, bounds: DateBounds = PLAN_DAYS, **kwargs: Any) -> None:
        self.bounds = bounds
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The day; None where nothing was typed."""
        text = value.strip() if isinstance(value, str) else value
        try:
            day = super().to_python(text)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if isinstance(day, dt.date):
            try:
                self.bounds.check(day)
            except DateOutOfBounds as error:
                raise ValidationError(str(error), code="bounds") from None
        return day


def sample_field() -> WholeField:
    """How many people, runs or answers stand behind a value."""
    return WholeField(
        label="Sample size", required=False, bounds=Bounds(0, LARGEST_SAMPLE),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-5",
                                      "autocomplete": "off"}),
    )  # fmt: skip
