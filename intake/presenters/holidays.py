"""Days off in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from intake.models import Holiday, Session
from intake.presenters.times import day_words


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A day off, and the sessions that fall on it: (words, address)."""

    day: str
    name: str
    sessions: list[tuple[str, str]]
    delete_url: str


def holiday_lines(
    holidays: Iterable[Holiday], today: dt.date, fallen: Mapping[dt.date, Sequence[Session]]
) -> list[HolidayLine]:
    """The days in their order."""
    return [
        HolidayLine(
            day=day_words(holiday.day, today),
            name=holiday.name,
            sessions=[_session(session) for session in fallen.get(holiday.day, ())],
            delete_url=reverse("intake:holiday_delete", args=[holiday.pk]),
        )
        for holiday in holidays
    ]


def _session(session: Session) -> tuple[str, str]:
    address = reverse("intake:session_list", args=[session.product.slug])
    return f"{session.product.name}: {session.title}", address
