"""The subject of a mail: at most 60 characters, and so specific that one knows what to expect."""

from __future__ import annotations

import datetime as dt

from core.formats import count, short_day
from digests.rules.words import one_line, shorten

LIMIT = 60
# A name may be as long as this before what is said of it has to give way.
NAME_LIMIT = 30
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def due_words(day: dt.date, today: dt.date) -> str:
    """`Thu 26 Nov`, with the year where it is another one."""
    return f"{_WEEKDAYS[day.weekday()]} {short_day(day, today)}"


def decisions_words(asks: int, ask_by: dt.date | None, today: dt.date) -> str:
    """`1 decision by Thu 26 Nov`, `2 decisions, first overdue`: "" where none is needed."""
    if not asks:
        return ""
    by = ""
    if ask_by is not None:
        first = "" if asks == 1 else ", first"
        by = f"{first} overdue" if ask_by < today else f"{first} by {due_words(ask_by, today)}"
    return f"{count(asks, 'decision')}{by}"


def subject(name: str, *told: str, joint: str = ": ") -> str:
    """`name: a, b` of as many of `told` as fit, the first of them cut if even it is too long."""
    head = shorten(name, NAME_LIMIT)
    said = [one_line(words) for words in told if words]
    if not said:
        return head
    while len(said) > 1 and len(head) + len(joint) + len(", ".join(said)) > LIMIT:
        said.pop()
    return f"{head}{joint}{shorten(', '.join(said), LIMIT - len(head) - len(joint))}"


def subject_of_many(name: str, status: str, asks: str, others: int) -> str:
    """`Payments Hub at risk; news of 3 more`: the most important product, and how many others.

    `asks` (`3 decisions by Thu 26 Nov`) goes before the status where decisions are needed.
    """
    more = f"; news of {others} more" if others else ""
    if asks and others:
        text = f"{asks[0].upper()}{asks[1:]}: {shorten(name, NAME_LIMIT)}"
        more = f" and {others} more"
    else:
        text = f"{shorten(name, NAME_LIMIT)}{f' {status.lower()}' if status else ''}"
    return f"{shorten(text, LIMIT - len(more))}{more}"
