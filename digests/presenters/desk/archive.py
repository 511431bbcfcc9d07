"""Issues that went out, in lines, and the editions of one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.formats import DASH, count, number
from core.periods import local_date
from digests.models import Issue
from digests.presenters.desk.timing import CLOSED, Clock, Stands, day_words, stands
from digests.rules.words import shorten
from digests.selectors.archive import Archived, EditionSent, Told
from portfolio.models import Product

MOST_SIGNS = 72
_WORDS = {Stands.TO_COME: "To come", Stands.GONE: "Sent", Stands.MISSED: "Not sent"}


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue: what it said in one line, and what became of its mails."""

    week: dt.date
    title: str
    url: str
    said: str
    state: str
    sent: str
    empty: str
    held_back: str
    more: str


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition: for whom, how long, in how many mails (None: not told to whoever looks)."""

    plan: str
    length: str
    who: str
    words: int
    mails: int | None


def issue_lines(product: Product, found: Iterable[Archived], clock: Clock) -> list[IssueLine]:
    """The archive, in its order."""
    return [_line(one, product, clock) for one in found]


def _line(one: Archived, product: Product, clock: Clock) -> IssueLine:
    one.issue.product = product
    where, told = stands(one.issue, clock.now), one.told
    has_gone = where == Stands.GONE
    state = CLOSED if has_gone and not told.has_mails else _WORDS[where]
    return IssueLine(
        week=one.issue.week,
        title=day_words(one.issue.week, clock.today),
        url=one.issue.get_absolute_url(),
        said=said_words(one),
        state=state,
        sent=number(told.sent) if has_gone else DASH,
        empty=number(told.empty) if has_gone else DASH,
        held_back=number(told.held_back) if has_gone else DASH,
        more=rest_words(told),
    )


def said_words(one: Archived) -> str:
    """The weightiest things in one line, each cut where it gets long."""
    lines = (shorten(headline.rstrip("."), MOST_SIGNS) for headline in one.headlines)
    return " · ".join(lines) or "Nothing to tell"


def rest_words(told: Told) -> str:
    """What else became of its mails: "2 on their way, 1 failed"."""
    parts = []
    if told.waiting:
        parts.append(f"{told.waiting:,} on their way")
    if told.failed:
        parts.append(f"{told.failed:,} failed or came back")
    return ", ".join(parts)


def told_words(told: Told, *, with_readers: bool) -> str:
    """What became of its mails, in one sentence."""
    parts = [count(told.sent, "mail") + " sent"]
    parts += [rest] if (rest := rest_words(told)) else []
    if with_readers and told.empty:
        parts.append(f"{told.empty:,} readers had nothing to be told")
    if with_readers and told.held_back:
        parts.append(f"{told.held_back:,} held back")
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def edition_lines(found: Iterable[EditionSent], *, with_readers: bool) -> list[EditionLine]:
    """All editions of an issue: those in the most mails first, or for whoever may not know who
    reads what, in the order of the forms and without numbers.
    """
    lines = [
        EditionLine(
            plan=one.edition.get_plan_display(),
            length=one.edition.get_length_display(),
            who=_who(one),
            words=one.edition.words,
            mails=one.mails if with_readers else None,
        )
        for one in found
    ]
    if with_readers:
        return lines
    return sorted(lines, key=lambda line: (line.plan, line.length, line.who))


def _who(one: EditionSent) -> str:
    words = "the team" if one.edition.for_team else "everyone"
    return words if one.edition.weeks == 1 else f"{words}, {one.edition.weeks} weeks in one"


def approved_words(issue: Issue, clock: Clock, *, has_mails: bool) -> str:
    """Who approved it, if anybody did. `has_mails`: whether any mail holds it."""
    if issue.approved_at is None:
        return "nobody; it went out by itself" if has_mails else "nobody"
    day = day_words(local_date(issue.approved_at, clock.zone), clock.today)
    return f"{issue.approved_by}, {day}" if issue.approved_by else day
