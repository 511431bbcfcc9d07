"""A mail of the week before it is put into MIME: what is shared by all its readers, and what is
this reader's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from digests.rules.kinds import Length
from stakeholders.rules import Plan


@dataclass(frozen=True, slots=True)
class Drawn:
    """An issue as one plan reads it at one length. `status`: its word ("At risk"), "" where nothing
    is told of it. `asks`: decisions that are needed, `ask_by` the day of the first.
    """

    subject: str
    preheader: str
    text: str
    html: str
    words: int
    is_material: bool
    status: str = ""
    asks: int = 0
    ask_by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An edition in somebody's mail: the same for all who read it, whatever else theirs holds.

    `url`: the product's page, absolute.
    """

    edition_id: int
    product: str
    week: dt.date
    plan: Plan
    length: Length
    drawn: Drawn
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one of the reader's own requests. `url` is absolute."""

    reference: str
    what: str
    became: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person.

    `why`: whose reader they are, after "You get this because you are one of the readers of".
    `more`: products with news that had no room; `quiet`: products with none. `reply_to` and
    `manager` are the address and the name of the first part's product manager, or "". All
    addresses of pages are absolute.
    """

    name: str
    address: str
    organisation: str
    week: dt.date
    due_at: dt.datetime
    message_id: str
    why: str
    unsubscribe_url: str
    preferences_url: str
    web_url: str
    parts: Sequence[Part] = ()
    answers: Sequence[Answer] = ()
    more: Sequence[str] = ()
    quiet: Sequence[str] = ()
    reply_to: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The mail as it goes out. `words` counts what its reader reads, addresses and footer aside."""

    subject: str
    raw: bytes = field(repr=False)
    words: int
