"""How long somebody has waited, and what they are owed in a month, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from core.formats import DASH, and_list, count, number
from stakeholders.rules import ContactKind
from stakeholders.selectors.due import Due

NOUNS = {
    ContactKind.BRIEFING: ("briefing", "briefings"),
    ContactKind.MEETING: ("roadmap meeting", "roadmap meetings"),
    ContactKind.OFFICE_HOURS: ("invitation to office hours", "invitations to office hours"),
    ContactKind.MAIL: ("mail", "mails"),
}


def waited_words(due: Due, day: dt.date) -> str:
    """When the last such contact was: "41 days ago", "never, placed 50 days ago"."""
    if due.contact is None:
        return DASH
    if due.last is not None:
        return ago(due.last, day)
    return f"never, placed {ago(due.since, day)}"


def ago(then: dt.date, day: dt.date) -> str:
    """How long it is since: "today", "41 days ago"."""
    days = (day - then).days
    return "today" if days <= 0 else f"{count(days, 'day')} ago"


def debt_words(due: Due) -> str:
    """The debt as a number; a dash where no contact is owed."""
    return number(due.debt, 2) if due.contact is not None else DASH


def month_words(owed: Mapping[ContactKind, float]) -> str:
    """What contacts come to in four weeks: "2 briefings and 4 roadmap meetings"; empty: none."""
    parts = []
    for kind, amount in sorted(owed.items(), key=lambda pair: list(ContactKind).index(pair[0])):
        one, many = NOUNS[kind]
        words = number(amount, None if amount % 1 else 0)
        parts.append(f"{words} {one if words == '1' else many}")
    return and_list(parts)
