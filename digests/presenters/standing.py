"""Where a product stands, in one line: a word, a number, a reason."""

from __future__ import annotations

from collections.abc import Sequence

from digests.presenters.lines import of_kind
from digests.rules import ItemKind, Length
from digests.rules.blocks import Standing
from digests.rules.facts import Facts
from digests.rules.sheet import Entry, Sheet
from digests.rules.words import clip, ended

REASON = 12


def standing(sheet: Sheet, length: Length, told: Sequence[Entry]) -> Standing:
    """`At risk: 52 of 100, a week ago 66. The error rate holds it there.`

    What it is compared with is the last issue's, which may be older: "at the last digest 66". It is
    left out where a line of its own tells of it, the reason where room is short.
    """
    facts = sheet.facts
    score = f"{facts.health_words} of 100" if facts.health is not None else ""
    if score and not of_kind(told, ItemKind.STATUS):
        score += _before(facts)
    reason = clip(facts.reason, REASON) if length is Length.FULL else ""
    rest = "" if length is Length.LINE else ". ".join(filter(None, [score, _sentence(reason)]))
    return Standing(facts.status, facts.status_words, rest)


def _before(facts: Facts) -> str:
    if facts.health_before is None or not facts.health_before_words:
        return ""
    when = "a week ago" if facts.was_a_week_ago else "at the last digest"
    if facts.health_before_words == facts.health_words:
        return f", as {when}"
    return f", {when} {facts.health_before_words}"


def _sentence(reason: str) -> str:
    """A reason as a sentence of its own; "eNPS" stays as it is written."""
    start = reason[:1].upper() if reason.partition(" ")[0].islower() else reason[:1]
    return ended(f"{start}{reason[1:]}")
