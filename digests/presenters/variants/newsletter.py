"""The newsletter: what is new for those who use it, what is hard, wins, how to be heard."""

from __future__ import annotations

from collections.abc import Sequence

from digests.presenters.lines import lines, of_kind
from digests.rules import ItemKind
from digests.rules.blocks import FIRST, LAST, SECOND, Line, Section
from digests.rules.sheet import Entry, Sheet
from digests.rules.words import clip

MEETING = 16


def sections(sheet: Sheet, told: Sequence[Entry]) -> list[Section]:
    """What a newsletter says of one product; its status and stage only where they changed."""
    new = lines(of_kind(told, ItemKind.RELEASE), rank=FIRST, with_detail=True)
    return [
        Section("What is new for you", new),
        Section("What is hard at the moment", lines(of_kind(told, ItemKind.KPI), rank=FIRST)),
        Section(
            "Wins and lessons",
            lines(of_kind(told, ItemKind.WIN, ItemKind.LESSON), rank=SECOND, with_detail=True),
        ),
        Section("Where it stands", (*lines(of_kind(told, ItemKind.STATUS)), *_stage(sheet))),
        Section("How to be heard", tuple(_heard(sheet))),
    ]


def _stage(sheet: Sheet) -> tuple[Line, ...]:
    facts = sheet.facts
    if not facts.stage_changed:
        return ()
    words = f"It went from {facts.stage_before_words.lower()} to {facts.stage_words.lower()}."
    return (Line(words=words, url=sheet.url),)


def _heard(sheet: Sheet) -> list[Line]:
    facts = sheet.facts
    found = []
    if facts.next_meeting is not None:
        meeting = facts.next_meeting
        words = clip(f"{meeting.title}, {meeting.words}", MEETING)
        found.append(Line(words=words, url=sheet.root + meeting.url, rank=SECOND))
    if facts.ask_url:
        ask = "Say what you need, in three minutes."
        found.append(Line(words=ask, url=sheet.root + facts.ask_url, rank=LAST))
    return found
