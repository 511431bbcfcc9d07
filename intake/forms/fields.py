"""Answers about times and addresses, read the way people write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from core.fields import time_zone_names
from core.forms import clean_text

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?m?\.?", re.I)


class ClockField(forms.TimeField):
    """A time of day: 14:00, 14.00, 2 pm."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "input-10"}, format="%H:%M")
    default_error_messages: ClassVar = {"invalid": "Enter a time of day, like 14:00."}

    def to_python(self, value: Any) -> Any:
        """The time; None where nothing was typed."""
        if not isinstance(value, str):
            return value
        text = clean_text(value)
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self._time(int(found[1]), int(found[2] or 0), (found[3] or "").lower())

    def _time(self, hour: int, minute: int, half: str) -> dt.time:
        if half and not 1 <= hour <= 12:
            hour = 24
        elif half:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour > 23 or minute > 59:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return dt.time(hour, minute)


class ZoneField(forms.ChoiceField):
    """A time zone by name."""

    def __init__(self, **kwargs: Any) -> None:
        zones = [(name, name.replace("_", " ")) for name in time_zone_names()]
        super().__init__(choices=zones, **kwargs)


class AddressField(forms.URLField):
    """Where a call is; the scheme may be left out."""

    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    default_error_messages: ClassVar = {
        "invalid": "Enter the whole address, like https://meet.example.org/planner."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)

    def to_python(self, value: Any) -> Any:
        """Without invisible characters; with https:// where no scheme was typed."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)

    def clean(self, value: Any) -> Any:
        """Only http and https: nothing that a click would run."""
        address = super().clean(value)
        if address and not address.lower().startswith(("http://", "https://")):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address
