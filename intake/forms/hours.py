"""What a team types about its office hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm, WholeField
from core.periods import DAY
from intake.forms.fields import AddressField, ClockField, ZoneField
from intake.models.hours import OFFERED
from intake.rules.slots import WEEKDAYS
from intake.services.slots import Timing

_AHEAD = 3 * 366


def _whole(label: str, lowest: int, highest: int, default: int, hint: str = "") -> WholeField:
    return WholeField(label=label, lowest=lowest, highest=highest, initial=default, help_text=hint)


class OfferingForm(VersionedForm):
    """What a series and a single session have in common. `token`: which form was sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = TextField(label="Title", max_length=120, initial="Office hours")
    host = forms.ModelChoiceField(
        label="Who holds it",
        queryset=User.objects.none(),
        required=False,
        empty_label="The team",
    )
    place = TextField(label="Place", max_length=200, required=False)
    link = AddressField(
        label="Address of the call",
        max_length=500,
        required=False,
        help_text="Told to whoever has a place.",
    )
    about = ParagraphField(
        label="What it is for",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    time_zone = ZoneField(label="Time zone")
    slots = _whole("Slots", 1, 48, 3)
    slot_minutes = _whole("Minutes a slot", 5, 240, 20)
    capacity = _whole("People a slot", 1, 50, 1)
    deadline_hours = _whole("Book at least … hours before", 0, 336, 2)

    def __init__(self, *args: Any, hosts: QuerySet[User], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]  # a ModelChoiceField
        for name in self._days():
            self.fields[name].last = today + DAY * _AHEAD  # type: ignore[attr-defined]  # a KnownDayField

    def _days(self) -> list[str]:
        return [name for name, one in self.fields.items() if isinstance(one, KnownDayField)]

    @property
    def offered(self) -> dict[str, Any]:
        """What every session gets."""
        return {name: self.cleaned_data[name] for name in OFFERED}


class SessionForm(OfferingForm):
    """One session."""

    fieldsets = (
        ("When", ("day", "at", "time_zone", "slots", "slot_minutes")),
        ("Where", ("title", "host", "place", "link", "about")),
        ("Booking", ("capacity", "deadline_hours")),
    )
    day = KnownDayField(label="Day")
    at = ClockField(label="Starts at")

    @property
    def timing(self) -> Timing:
        """When it is."""
        given = self.cleaned_data
        return Timing(given["day"], given["at"], given["slots"])


class SeriesForm(OfferingForm):
    """A weekly pattern."""

    fieldsets = (
        (
            "When",
            (
                *("weekdays", "starts_at", "time_zone", "slots", "slot_minutes", "every_weeks"),
                *("first_day", "last_day"),
            ),
        ),
        ("Where", ("title", "host", "place", "link", "about")),
        ("Booking", ("capacity", "deadline_hours")),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week",
        choices=tuple(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_at = ClockField(label="Starts at")
    every_weeks = _whole("Every … weeks", 1, 12, 1, "1 is every week.")
    first_day = KnownDayField(label="From")
    last_day = KnownDayField(label="Until", required=False, help_text="Open if empty.")

    def clean_weekdays(self) -> list[int]:
        """In their order, each once."""
        return sorted(set(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        """It can't end before it begins."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "Enter a day on or after the first one.")
        return given


class SeriesEndForm(forms.Form):
    """The last day of a series."""

    last_day = KnownDayField(label="Last day", help_text="No session after it.")


class CancelForm(forms.Form):
    """Why a session does not take place."""

    reason = TextField(
        label="Why it does not take place",
        max_length=300,
        help_text="Everybody with a place or on the waiting list reads it.",
    )


class HolidaysForm(forms.Form):
    """Days off, one a line."""

    lines = ParagraphField(
        label="Days off",
        max_length=20_000,
        help_text="One a line: the day, then its name. 2026-12-25 Christmas Day",
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_lines(self) -> dict[dt.date, str]:
        """Days with their names."""
        found: dict[dt.date, str] = {}
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if line.strip():
                day, name = _holiday(line.strip(), number)
                found.setdefault(day, name)
        if len(found) > _MOST_HOLIDAYS:
            raise ValidationError(f"Enter at most {_MOST_HOLIDAYS} days at once.")
        return found


_MOST_HOLIDAYS = 400


def _holiday(line: str, number: int) -> tuple[dt.date, str]:
    day_text, _, name = line.replace("\t", " ").partition(" ")
    day = _day(day_text.rstrip(",;"))
    if day is None:
        raise ValidationError(f"Line {number}: begin with a day, like 2026-12-25.")
    name = name.strip(" ,;")
    if not name:
        raise ValidationError(f"Line {number}: the name of the day is missing.")
    if len(name) > 120:
        raise ValidationError(f"Line {number}: the name is longer than 120 characters.")
    return day, name


def _day(text: str) -> dt.date | None:
    try:
        day: dt.date | None = KnownDayField(required=False).clean(text)
    except ValidationError:
        return None
    return day
