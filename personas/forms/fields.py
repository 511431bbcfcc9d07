"""Amounts and colleagues, read the way people mean them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import NumberField, TextField


class AmountField(NumberField):
    """A number above zero, up to a bound that the message names."""

    def __init__(self, *, highest: int, **kwargs: Any) -> None:
        self.highest = highest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number; None where nothing was typed."""
        amount = super().to_python(value)
        if amount is not None and not 0 < amount <= self.highest:
            raise ValidationError(f"Enter a number above 0, up to {self.highest:,}.", code="bounds")
        return amount

    def prepare_value(self, value: Any) -> Any:
        """As a person would type it: 12 rather than 12.0."""
        return repr(value).removesuffix(".0") if isinstance(value, float) else value


class ColleagueField(TextField):
    """A colleague, by e-mail address."""

    def clean(self, value: Any) -> User | None:
        """The account; None where nothing was typed.

        Raises:
            ValidationError: there is none, or it can't sign in.
        """
        address = super().clean(value)
        if not address:
            return None
        found: User | None = User.objects.active().filter(email__iexact=address).first()
        if found is None:
            raise ValidationError("We can't find a colleague with this address.", code="unknown")
        return found
