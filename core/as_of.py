"""The day that a page shows: `?as_of=2017-09-30` in its address, today where it names none.

The clock is not read here: views ask for today once and hand both days down together, so that a
registry or a selector knows whether it is asked about now or about an earlier day.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict

from core.formats import long_day, short_day
from core.forms import DayInput, clean_text

NAME = "as_of"
WITH = "with"
OLD_DAYS = 28
FIRST = dt.date(1900, 1, 1)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_TYPED = 40


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day on show and today, both in the organisation's time zone.

    `typed` is what stood in the address. Where `problem` says why that can't be shown, `day` is
    today and the page shows no day at all: never silently another one.
    """

    day: dt.date
    today: dt.date
    typed: str = ""
    problem: str = ""
    name: str = NAME

    @property
    def is_today(self) -> bool:
        """Whether the page shows how things are now."""
        return self.day == self.today

    @property
    def query(self) -> dict[str, str]:
        """What links to other pages carry along; nothing for today."""
        return {} if self.is_today else {self.name: self.day.isoformat()}

    @property
    def kept(self) -> str:
        """What the filters of the same page carry along, a day that can't be shown too."""
        return self.typed if self.problem else "" if self.is_today else self.day.isoformat()

    @property
    def words(self) -> str:
        """The day in full: "30 September 2017"."""
        return long_day(self.day)

    @property
    def field(self) -> forms.BoundField:
        """The date field, with the problem beside it."""
        return DayForm(self)[self.name]


def asked_day(query: QueryDict, today: dt.date, name: str = NAME) -> AsOf:
    """The day that the address names, or what is wrong with it; without one it is today."""
    typed = clean_text(query.get(name, ""))[:_MOST_TYPED]
    if not typed:
        return AsOf(today, today, name=name)
    try:
        day = read_day(typed, today)
    except ValueError as error:
        return AsOf(today, today, typed, str(error), name)
    return AsOf(day, today, typed, name=name)


def other_day(query: QueryDict, when: AsOf, default: dt.date | None = None) -> AsOf | None:
    """The earlier day `?with=` that `when` is compared with; without one `default`, or None."""
    asked = asked_day(query, when.today, WITH)
    if not asked.typed:
        return AsOf(default, when.today, name=WITH) if default else None
    if not asked.problem and not when.problem and asked.day >= when.day:
        return replace(asked, problem=f"Enter a day before {when.words}.")
    return asked


def read_day(text: str, today: dt.date) -> dt.date:
    """`text` as a day that can be shown.

    Raises:
        ValueError: it is no day, or one that has not come, or one before 1900; in words for people.
    """
    try:
        day = dt.date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("Enter a day, like 2017-09-30.")
    if day > today:
        raise ValueError(f"{long_day(day)} has not come yet. Enter today or an earlier day.")
    if day < FIRST:
        raise ValueError("Enter a day from 1900 on.")
    return day


class DayForm(forms.Form):
    """One date field that shows the day, or what was typed with what is wrong with it."""

    labels = {NAME: "As of", WITH: "Compared with"}

    def __init__(self, asked: AsOf) -> None:
        super().__init__({asked.name: asked.typed or asked.day.isoformat()})
        self.asked = asked
        self.fields[asked.name] = forms.CharField(
            label=self.labels.get(asked.name, asked.name),
            widget=DayInput({"max": asked.today.isoformat()}),
        )

    def clean(self) -> dict[str, Any]:
        """The problem stands beside its field."""
        if self.asked.problem:
            self.add_error(self.asked.name, self.asked.problem)
        return self.cleaned_data


def newest_numbers(newest: dt.date | None, when: AsOf) -> dict[str, str]:
    """Where all numbers are 28 days old or more: the day of the newest, and the way to it."""
    if newest is None or (when.day - newest).days < OLD_DAYS:
        return {"newest_title": "", "newest_url": ""}
    return {
        "newest_title": f"Newest numbers: {short_day(newest)}",
        "newest_url": f"?{NAME}={newest.isoformat()}",
    }


def refusal(asked: AsOf) -> HttpResponse:
    """The answer in place of a file: what is wrong with the day, and no file of another one."""
    kind = "text/plain; charset=utf-8"
    return HttpResponse(f"{asked.problem}\n", status=422, content_type=kind)
