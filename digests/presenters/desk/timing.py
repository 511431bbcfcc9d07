"""Where an issue stands, and what happens next, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from core.formats import short_day
from core.periods import local_date
from digests.models import Issue, ProductDigest
from digests.rules.weeks import Week

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# The word for an issue that was locked, though no mail came of it.
CLOSED = "Closed"


class Stands(StrEnum):
    """How far an issue is. *Gone*: mails were to be made of it, so nothing changes it any more."""

    TO_COME = "to_come"
    GONE = "gone"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant that a page shows, in the organisation's time zone."""

    now: dt.datetime
    zone: str

    @property
    def today(self) -> dt.date:
        """The day there."""
        return local_date(self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Timing:
    """`chip` is one word with its colour, `next` the sentence under the title."""

    stands: Stands
    title: str
    chip: str
    chip_kind: str
    next: str

    @property
    def may_change(self) -> bool:
        """Whether anything of it can still be changed."""
        return self.stands == Stands.TO_COME

    @property
    def is_closed(self) -> bool:
        """Whether it was locked and no mail came of it."""
        return self.chip == CLOSED


def day_words(day: dt.date, today: dt.date) -> str:
    """The day as "Monday 30 November", with the year unless it is that of `today`."""
    words = f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def stands(issue: Issue, now: dt.datetime) -> Stands:
    """Whether it is to come, has gone out, or was taken by no mail before its Monday was over."""
    if issue.locked_at is not None:
        return Stands.GONE
    return Stands.MISSED if now >= Week(issue.week).over_at else Stands.TO_COME


def timing_of(
    issue: Issue,
    way: ProductDigest | None,
    readers: int | None,
    clock: Clock,
    *,
    has_mails: bool = True,
) -> Timing:
    """Where it stands. `readers`: how many there are today; None: not told to whoever looks.
    `has_mails`: whether any mail holds an issue that is locked.
    """
    where = stands(issue, clock.now)
    monday = day_words(issue.week, clock.today)
    title = f"Digest for {monday}"
    if where == Stands.GONE and not has_mails:
        said = f"Closed on {monday}: nothing in it went into a mail. It stays as it was."
        return Timing(where, title, CLOSED, "", said)
    if where == Stands.GONE:
        said = f"It went out on {monday} at 09:00 in each reader’s time zone and stays as it was."
        return Timing(where, title, "Sent", "", said)
    if where == Stands.MISSED:
        return Timing(where, title, "Not sent", "", "No mail has taken it, so nobody has read it.")
    if issue.product.archived_on is not None:
        return Timing(where, title, "Archived", "", _PUT_AWAY)
    if way is not None and way.is_paused:
        return Timing(where, title, "Paused", "watch", _PAUSED)
    chip, kind = ("Approved", "accent") if issue.approved_at else ("Draft", "")
    return Timing(where, title, chip, kind, _ahead(monday, readers, way))


_PUT_AWAY = "Nothing goes out about a product that is archived."
_PAUSED = "The digest of this product is paused: nothing goes out until you go on with it."


def _ahead(monday: str, readers: int | None, way: ProductDigest | None) -> str:
    if readers == 0:
        return f"It would go out on {monday}, but nobody reads it yet."
    said = f"Goes out on {monday} at 09:00 in each reader’s time zone; nothing else to do."
    if way is not None and way.links_only:
        return f"{said} Mails hold the product’s name and a link, no content."
    return said


def draft_words(issue: Issue, clock: Clock) -> str:
    """When it was drafted, and from which days: "Drafted on Friday 27 November from …"."""
    days, today = Week(issue.week).event_days, clock.today
    drafted = day_words(local_date(issue.drafted_at, clock.zone), today)
    span = f"{short_day(days[0], today)} to {short_day(days[-1], today)}"
    return f"Drafted on {drafted} from what happened {span}."


def next_draft_words(week: Week, today: dt.date) -> str:
    """When the next one is drafted."""
    return f"The next one is drafted on {day_words(week.draft_day, today)}."
