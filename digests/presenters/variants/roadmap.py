"""The roadmap digest: figures against plan, what comes, what came, risks, the next meeting."""

from __future__ import annotations

from collections.abc import Sequence

from digests.presenters.lines import lines, needed, of_kind
from digests.rules import ItemKind
from digests.rules.blocks import FIRST, LAST, SECOND, THIRD, Line, Section, Table
from digests.rules.parts import Ahead, KpiLine
from digests.rules.sheet import Entry, Sheet
from digests.rules.words import clip, ended, shorten

ROWS, AHEAD = 6, 3
NAME, PROBLEM, MEETING = 26, 12, 14


def sections(sheet: Sheet, told: Sequence[Entry]) -> list[Section | Table]:
    """What a roadmap digest says of one product."""
    return [
        Section("Decisions needed", needed(of_kind(told, ItemKind.DECISION_NEEDED))),
        Section("What moved", lines(of_kind(told, ItemKind.STATUS, ItemKind.KPI), rank=FIRST)),
        against_plan(sheet.facts.kpis),
        Section("Shipped", lines(of_kind(told, ItemKind.RELEASE), rank=FIRST)),
        Section("Decided", lines(of_kind(told, ItemKind.DECISION))),
        Section("Now, next, later", tuple(_ahead(sheet))),
        Section("Risks", lines(of_kind(told, ItemKind.RISK))),
        Section(
            "Wins and lessons", lines(of_kind(told, ItemKind.WIN, ItemKind.LESSON), rank=THIRD)
        ),
        Section("", tuple(_closing(sheet))),
    ]


def against_plan(kpis: Sequence[KpiLine]) -> Table:
    """The figures that are held to a target: the red first, then what costs most."""
    held = [line for line in kpis if line.target is not None and line.value is not None]
    held.sort(key=lambda line: (not line.is_red, -line.lost))
    rows = tuple(
        (shorten(line.name, NAME), line.value_words, line.target_words, _against(line))
        for line in held[:ROWS]
    )
    return Table("Against plan", ("KPI", "Now", "Target", "Plan"), rows, rank=SECOND)


def _against(line: KpiLine) -> str:
    """`22 points behind`: the column says of what."""
    words = line.plan_words.replace("behind plan", "behind").replace("ahead of plan", "ahead")
    return ", ".join(filter(None, [words, "red" if line.is_red else ""])) or "–"


def _ahead(sheet: Sheet) -> list[Line]:
    facts = sheet.facts
    columns = (("Now:", facts.now), ("Next:", facts.next), ("Later:", facts.later))
    url = sheet.root + facts.opportunities_url if facts.opportunities_url else ""
    return [
        Line(words=_problems(ahead), lead=lead, url=url, rank=SECOND if lead == "Now:" else THIRD)
        for lead, ahead in columns
        if ahead
    ]


def _problems(ahead: Sequence[Ahead]) -> str:
    return ended("; ".join(clip(one.problem, PROBLEM).rstrip(".") for one in ahead[:AHEAD]))


def _closing(sheet: Sheet) -> list[Line]:
    facts = sheet.facts
    found = []
    if facts.next_meeting is not None:
        meeting = facts.next_meeting
        words = clip(f"{meeting.title}, {meeting.words}", MEETING)
        found.append(
            Line(words=words, lead="Next meeting:", url=sheet.root + meeting.url, rank=SECOND)
        )
    if facts.requests_closed or facts.requests_open:
        closed, waiting = facts.requests_closed or "none", facts.requests_open or "none"
        words = f"{closed} closed this week, {waiting} open."
        found.append(Line(words=words, lead="Requests:", rank=LAST))
    return found
