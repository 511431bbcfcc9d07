"""Fields for amounts as people type them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from core.forms import clean_text
from intake.rules.messy import NotAnAmount, parse_amount, parse_minutes

MOST = 100_000
MOST_PEOPLE = 1_000_000
# A keyboard with letters: “about 3” and “2 h” are amounts too.
SHORT = {"class": "input-10", "autocomplete": "off", "dir": "auto", "inputmode": "text"}


class AmountField(forms.CharField):
    """A number in whatever words: “about 3”, “2,5”, “not sure” (None)."""

    default_error_messages: ClassVar = {
        "invalid": "Write how often as a number, like 3 or 2.5. A guess is enough.",
        "bounds": f"Write a number from 0 to {MOST:,}.",
    }
    read = staticmethod(parse_amount)
    most = MOST

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=SHORT))
        super().__init__(required=False, max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """1000, not 1000.0; what was typed as it was typed."""
        return repr(value).removesuffix(".0") if isinstance(value, float) else value

    def clean(self, value: Any) -> Any:
        """The number that is meant, in bounds; None: not sure."""
        text = super().clean(clean_text(value) if isinstance(value, str) else value)
        try:
            amount = self.read(text)
        except NotAnAmount:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if amount is not None and amount > self.most:
            raise ValidationError(self.error_messages["bounds"], code="bounds")
        return amount


class MinutesField(AmountField):
    """A duration in minutes."""

    default_error_messages: ClassVar = {
        "invalid": "Write how long it takes, like 20 minutes or 1:30. A guess is enough.",
        "bounds": f"Write at most {MOST:,} minutes.",
    }
    read = staticmethod(parse_minutes)


class PeopleField(AmountField):
    """A number of people, in whole ones."""

    default_error_messages: ClassVar = {
        "invalid": "Write how many people as a number, like 5. A guess is enough.",
        "bounds": f"Write a number of people from 0 to {MOST_PEOPLE:,}.",
    }
    most = MOST_PEOPLE

    def clean(self, value: Any) -> int | None:
        """Half a person is rounded up."""
        amount = super().clean(value)
        return None if amount is None else int(amount + 0.5)
