"""Series and sessions as forms hold them and lists tell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.formats import and_list, count, short_day, zone_words
from intake.models import Series, Session
from intake.models.hours import OFFERED, PATTERN
from intake.presenters.sessions import host_words, where_words
from intake.presenters.times import day_words
from intake.rules.slots import WEEKDAYS

NAMED = 3


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series in the team's list."""

    title: str
    pattern: str
    slots: str
    span: str
    where: str
    host: str
    edit_url: str
    end_url: str


def series_lines(series: Iterable[Series]) -> list[SeriesLine]:
    """The series that are not over."""
    return [_line(one) for one in series]


def _line(series: Any) -> SeriesLine:
    args = [series.product.slug, series.pk]
    slots = count(series.slots, "slot")
    return SeriesLine(
        title=series.title,
        pattern=pattern_words(series),
        slots=f"{slots} of {series.slot_minutes} minutes",
        span=span_of_days(series),
        where=where_words(series),
        host=host_words(series),
        edit_url=reverse("intake:series_edit", args=args),
        end_url=reverse("intake:series_end", args=args),
    )


def pattern_words(series: Series) -> str:
    """The pattern as "Thursday, 14:00, every 2 weeks (London time)"."""
    days = and_list([WEEKDAYS[day] for day in series.weekdays])
    every = "" if series.every_weeks == 1 else f", every {series.every_weeks} weeks"
    return f"{days}, {series.starts_at:%H:%M}{every} ({zone_words(series.time_zone)})"


def span_of_days(series: Series) -> str:
    """From when until when."""
    until = f" until {short_day(series.last_day)}" if series.last_day else ""
    return f"from {short_day(series.first_day)}{until}"


def session_initial(session: Session) -> dict[str, Any]:
    """What the form of a session shows."""
    wall = session.starts_at.astimezone(ZoneInfo(session.time_zone))
    shown = {name: getattr(session, name) for name in (*OFFERED, "version")}
    slots = session.slots.count()
    return {**shown, "host": session.host_id, "day": wall.date(), "at": wall.time(), "slots": slots}


def series_initial(series: Series) -> dict[str, Any]:
    """What the form of a series shows."""
    shown = {name: getattr(series, name) for name in (*OFFERED, *PATTERN, "version")}
    return {**shown, "host": series.host_id}


def change_words(followed: int, gone: int, kept: Sequence[Session]) -> str:
    """What a change of a series did to its sessions, and which it left as they were."""
    parts = [
        f"{count(followed, 'session')} followed." if followed else "",
        f"{count(gone, 'session')} went." if gone else "",
        _kept_words(kept),
    ]
    return " ".join(part for part in ["The series is saved.", *parts] if part)


def _kept_words(kept: Sequence[Session]) -> str:
    if not kept:
        return ""
    days = [day_words(session.day) for session in kept[:NAMED]]
    more = len(kept) - NAMED
    named = f"{', '.join(days)} and {more} more" if more > 0 else and_list(days)
    return f"Booked, and so left as they were: {named}."
