"""Plain facts about products: the bright-line test and the closed lists it works on.

Nothing here knows Django, the clock or the database. Source: domain.md §1, after the essay of the
bright-line test (a customer has a choice and exchanges something of value).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum


class Choice(StrEnum):
    """Whether people could do without the product (bright-line test, part a)."""

    OPTIONAL = "optional"
    DEFAULT = "default"
    MANDATED = "mandated"


class Exchange(StrEnum):
    """What people knowingly give for the product (bright-line test, part b)."""

    MONEY = "money"
    EFFORT = "effort"
    NONE = "none"


class Stage(StrEnum):
    """Where a product stands in its life."""

    DISCOVERY = "discovery"
    PILOT = "pilot"
    ROLLOUT = "rollout"
    GROWTH = "growth"
    MATURE = "mature"
    SUNSET = "sunset"
    RETIRED = "retired"


class PeopleWord(StrEnum):
    """The word that every page and mail uses for a product's people."""

    CUSTOMERS = "customers"
    PARTNERS = "partners"
    USERS = "users"


def people_word(choice: Choice, exchange: Exchange) -> PeopleWord:
    """What we call the product's people (domain.md §1, "What we call its people").

    `customers` only where they have a choice *and* exchange something of value.
    """
    if choice == Choice.DEFAULT:
        return PeopleWord.PARTNERS
    if choice == Choice.OPTIONAL and exchange in (Exchange.MONEY, Exchange.EFFORT):
        return PeopleWord.CUSTOMERS
    return PeopleWord.USERS


def audience_word(audiences: Iterable[tuple[Choice, Exchange]]) -> PeopleWord | None:
    """One word for several audiences; None where there are none, so that the product's own counts.

    `customers` only if every audience passes the test (domain.md §1), `users` if any are users.
    """
    words = {people_word(choice, exchange) for choice, exchange in audiences}
    for word in (PeopleWord.USERS, PeopleWord.PARTNERS, PeopleWord.CUSTOMERS):
        if word in words:
            return word
    return None


def audience_line(word: PeopleWord) -> str:
    """Why people of several audiences are called as they are, in one sentence for the page."""
    if word == PeopleWord.CUSTOMERS:
        return "Each audience has a choice and knowingly gives something for it: we say customers."
    return (
        "Not every audience has a choice and knowingly gives something for it: "
        f"we say {word}, not customers."
    )


def bright_line(choice: Choice, exchange: Exchange) -> str:
    """Why the product's people are called as they are, in one sentence for its page."""
    word = people_word(choice, exchange)
    chosen = {
        Choice.OPTIONAL: "People have a choice",
        Choice.DEFAULT: "People are encouraged to use it, though another way exists,",
        Choice.MANDATED: "People have no choice",
    }[choice]
    given = {
        Exchange.MONEY: "pay for it",
        Exchange.EFFORT: "knowingly give time, data or budget",
        Exchange.NONE: "exchange nothing for it",
    }[exchange]
    joined = "but" if choice == Choice.OPTIONAL and exchange == Exchange.NONE else "and"
    otherwise = "" if word == PeopleWord.CUSTOMERS else ", not customers"
    return f"{chosen} {joined} {given}: we say {word}{otherwise}."


# domain.md §6: a decision due in 14 days is always told of.
SOON_DAYS = 14


class Due(StrEnum):
    """How pressing a day is."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


def due(day: dt.date, today: dt.date) -> Due:
    """How pressing `day` is as seen from `today`, both days of the organisation's zone."""
    if day < today:
        return Due.OVERDUE
    return Due.SOON if (day - today).days <= SOON_DAYS else Due.LATER


# Confirm or edit: a record that nobody has touched for half a year may be wrong.
RECORD_DAYS = 180


def is_record_due(record_on: dt.date, today: dt.date) -> bool:
    """Whether somebody should look whether a record is still right: 180 days after `record_on`, the
    day on which it was made, changed or confirmed last; both days of the organisation's zone.
    """
    return (today - record_on).days >= RECORD_DAYS
