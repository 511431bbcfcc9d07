"""Numbers, days and colleagues, read the way people mean them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import DayField, NumberField, TextField

FIRST_DAY = dt.date(2000, 1, 1)


class WholeField(NumberField):
    """A whole number within bounds that the message names."""

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number; None where nothing was typed."""
        amount = super().to_python(value)
        if amount is None:
            return None
        if amount != int(amount) or not self.lowest <= amount <= self.highest:
            words = f"Enter a whole number from {self.lowest:,} to {self.highest:,}."
            raise ValidationError(words, code="bounds")
        return int(amount)


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


class KnownDayField(DayField):
    """A day from 2000 on; `last`, where the form sets it, is the latest that makes sense."""

    last: dt.date | None = None

    def to_python(self, value: Any) -> Any:
        """The day; None where nothing was typed."""
        text = value.strip() if isinstance(value, str) else value
        try:
            day = super().to_python(text)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if isinstance(day, dt.date) and (day < FIRST_DAY or (self.last and day > self.last)):
            until = f" to {self.last}" if self.last else ""
            raise ValidationError(f"Enter a day from {FIRST_DAY}{until}.", code="bounds")
        return day


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
