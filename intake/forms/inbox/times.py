"""At which times of the day somebody hears of new requests."""

from __future__ import annotations

import datetime as dt
import re

from django import forms

from core.forms import TextField
from intake.services.batches import MOST_TIMES

_TIME = re.compile(r"^(\d{1,2})(?:[:.h](\d{2}))?$")


class TimesForm(forms.Form):
    """Times as people write them: "9, 14:30"; none: never by mail."""

    times = TextField(
        label="Times of the day",
        required=False,
        max_length=100,
        help_text="Such as 11:00, 15:30. Leave it empty to hear of nothing by mail.",
        widget=forms.TextInput(attrs={"class": "input-20", "inputmode": "text"}),
    )

    def clean_times(self) -> list[dt.time]:
        """The times in order."""
        words = re.split(r"[\s,;]+|\band\b", self.cleaned_data["times"].strip())
        found = {_read(word) for word in words if word}
        if len(found) > MOST_TIMES:
            raise forms.ValidationError(f"Choose {MOST_TIMES} times at most.")
        return sorted(found)


def _read(word: str) -> dt.time:
    match = _TIME.match(word)
    hour, minute = (int(part or 0) for part in match.groups()) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise forms.ValidationError(f"“{word}” is no time of the day. Write it as 14:30.")
    return dt.time(hour, minute)


def shown(times: list[dt.time]) -> str:
    """The times as the field shows them."""
    return ", ".join(f"{time:%H:%M}" for time in sorted(times))
