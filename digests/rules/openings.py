"""The first line of a mail: does its reader need to act?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core.formats import count
from digests.rules.letter import Letter, Part
from digests.rules.subjects import decisions_words, due_words, subject, subject_of_many
from digests.rules.words import ended, shorten

NOTHING = "Nothing in this mail waits for you."
ANSWERED = "This is what became of your requests. Nothing waits for you."
_SUBJECT = 60


def opening(asks: int, ask_by: dt.date | None, today: dt.date, who: str = "") -> str:
    """`One decision is needed by Thu 26 Nov, from Ada Okoye.`"""
    if not asks:
        return NOTHING
    needed = "One decision is needed" if asks == 1 else f"{count(asks, 'decision')} are needed"
    first = "" if asks == 1 else "the first "
    if ask_by is None:
        by = ""
    elif ask_by < today:
        by = " and overdue" if asks == 1 else ", the first is overdue"
    else:
        by = f"{', ' if first else ' '}{first}by {due_words(ask_by, today)}"
    return ended(f"{needed}{by}{f', from {who}' if who else ''}")


def opening_of(letter: Letter) -> str:
    """The first line of a whole mail."""
    asking = [part for part in letter.parts if part.drawn.asks]
    if not letter.parts:
        return ANSWERED
    if len(letter.parts) == 1 or len(asking) == 1:
        return (asking or letter.parts)[0].drawn.preheader
    asks, ask_by = _asked(asking)
    return opening(asks, ask_by, letter.week)


def subject_of(letter: Letter) -> str:
    """The subject of a whole mail, at most 60 characters."""
    if not letter.parts:
        return _subject_of_answers(letter)
    first = letter.parts[0]
    others = len({part.product for part in letter.parts} - {first.product}) + len(letter.more)
    if not others:
        return first.drawn.subject
    asks, ask_by = _asked([part for part in letter.parts if part.drawn.asks])
    asked = decisions_words(asks, ask_by, letter.week)
    return subject_of_many(first.product, first.drawn.status, asked, others)


def _asked(parts: Sequence[Part]) -> tuple[int, dt.date | None]:
    days = [part.drawn.ask_by for part in parts if part.drawn.ask_by is not None]
    return sum(part.drawn.asks for part in parts), min(days, default=None)


def _subject_of_answers(letter: Letter) -> str:
    if len(letter.answers) == 1:
        answer = letter.answers[0]
        return subject(answer.reference, answer.became or answer.what)
    listed = ", ".join(answer.reference for answer in letter.answers)
    return shorten(f"News of your requests {listed}", _SUBJECT)
