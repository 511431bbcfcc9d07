"""What somebody is owed, in words."""

from __future__ import annotations

import datetime as dt

from core.formats import count, short_day
from stakeholders.enums import ContactKind, Plan
from stakeholders.selectors.due import Due


def digest_words(due: Due) -> str:
    """The weekly digest: "Executive brief"."""
    return str(Plan(due.plan.digest).label)


def contact_words(due: Due) -> str:
    """The personal contact and how often: "Personal briefing every 28 days"."""
    return f"{contact_name(due)} {often_words(due)}".strip()


def contact_name(due: Due) -> str:
    """The personal contact that is owed."""
    return str(ContactKind(due.contact).label) if due.contact else "No personal contact"


def often_words(due: Due) -> str:
    """How often it is owed: "every 28 days"; nothing where none is."""
    return f"every {count(due.every, 'day')}" if due.every else ""


def late_words(due: Due) -> str:
    """How late it is: "13 days late"; nothing while it is not."""
    return f"{count(due.days_late, 'day')} late" if due.debt > 0 else ""


def state_words(due: Due, day: dt.date) -> str:
    """How things stand: late, paused, or due on a day."""
    if due.contact is None:
        return ""
    if due.snoozed_until is not None:
        return f"paused until {short_day(due.snoozed_until, day)}"
    if due.debt > 0:
        return late_words(due)
    return f"due {short_day(due.next_due, day)}" if due.next_due else ""
