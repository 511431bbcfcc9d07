"""What to do for somebody and how late it is, in words: "Brief Dana Okoye", "13 days late"."""

from __future__ import annotations

import datetime as dt

from core.formats import count, short_day
from stakeholders.presenters.debts import ago
from stakeholders.rules import ContactKind
from stakeholders.selectors.due import Due

DO = {
    ContactKind.BRIEFING: ("Brief", ""),
    ContactKind.MEETING: ("Meet", "about the roadmap"),
    ContactKind.OFFICE_HOURS: ("Invite", "to office hours"),
    ContactKind.MAIL: ("Write to", ""),
}
DONE = {
    ContactKind.BRIEFING: "briefed",
    ContactKind.MEETING: "met",
    ContactKind.OFFICE_HOURS: "invited",
    ContactKind.MAIL: "written to",
}
NOUNS = {
    ContactKind.BRIEFING: "a personal briefing",
    ContactKind.MEETING: "a roadmap meeting",
    ContactKind.OFFICE_HOURS: "an invitation to office hours",
    ContactKind.MAIL: "a mail",
}


def last_done(due: Due, day: dt.date) -> str:
    """When it last happened: "last briefed 41 days ago", "never briefed, placed 30 days ago"."""
    if due.contact is None:
        return ""
    done = DONE[due.contact]
    if due.last is not None:
        return f"last {done} {ago(due.last, day)}"
    return f"never {done}, placed {ago(due.since, day)}"


def timing(due: Due, day: dt.date) -> str:
    """How late it is: "13 days late", "due today", "due in 3 days"; snoozed days are told apart."""
    if due.contact is None or due.next_due is None:
        return ""
    if due.snoozed_until is not None:
        return f"snoozed until {short_day(due.snoozed_until, day)}"
    left = (due.next_due - day).days
    if due.days_late:
        words = f"{count(due.days_late, 'day')} late"
    else:
        words = "due today" if left <= 0 else f"due in {count(left, 'day')}"
    left_out = (day - due.since).days - due.days
    return f"{words} ({count(left_out, 'snoozed day')} left out)" if left_out > 0 else words


def owed_words(due: Due, day: dt.date) -> str:
    """The whole sentence: "Last briefed 41 days ago, owed every 28: 13 days late."."""
    if due.contact is None or due.every is None:
        return "No personal contact is owed; the weekly digest is."
    last = last_done(due, day)
    every = "day" if due.every == 1 else f"{due.every}"
    return f"{last[0].upper()}{last[1:]}, owed every {every}: {timing(due, day)}."
