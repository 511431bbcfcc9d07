"""The calm full sentences of items, with their numbers (domain.md §6)."""

from __future__ import annotations

import datetime as dt

from core.formats import NBSP, measure, short_day, signed_measure
from digests.rules.words import one_line

_DIGITS = (None, 2, 3, 4, 6, 9)
_COLUMNS = {
    "now": "is being worked on now",
    "next": "comes next",
    "later": "comes later",
    "no": "will not be done",
    "": "is open again",
}


def cut(text: str, limit: int) -> str:
    """`text` on one line, and no longer than `limit` characters: whole words and an ellipsis."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    short = line[: limit - 1]
    space = short.rfind(" ")
    return f"{short[:space] if space > limit // 2 else short}…"


def quoted(text: str, limit: int = 200) -> str:
    """What somebody wrote, in quotation marks and without its own full stop."""
    return f"“{cut(text, limit).rstrip('.')}”"


def apart(before: float, now: float, unit: str) -> tuple[str, str]:
    """Both values in words that differ, as long as the values do."""
    words = ("", "")
    for digits in _DIGITS:
        words = measure(before, unit, digits), measure(now, unit, digits)
        if words[0] != words[1] or before == now:
            return words
    return words


def change_words(before: float | None, now: float | None, unit: str) -> str:
    """What a week did to a value: "−10 points in a week"; per cent differ by points."""
    if now is None:
        return ""
    if before is None:
        return "no figure a week ago"
    if apart(before, now, unit)[0] == apart(before, now, unit)[1]:
        return "unchanged in a week"
    return f"{signed_measure(now - before, 'points' if unit == '%' else unit)} in a week"


def move_sentence(name: str, before: float, now: float, unit: str, aim: str) -> str:
    """A move: "Returns handled fell from 71 % to 61 % in a week; the plan says 80 %"."""
    first, last = apart(before, now, unit)
    if unit.isalpha():  # "from 38 to 41 people", but "from 71 % to 61 %"
        first = first.partition(NBSP)[0]
    verb = "fell" if now < before else "rose"
    return f"{name} {verb} from {first} to {last} in a week{_clause(aim)}."


def standing_sentence(name: str, now: float, unit: str, aim: str) -> str:
    """A level: "Error rate stands at 7 %; the plan says 3 %"."""
    return f"{name} stands at {measure(now, unit)}{_clause(aim)}."


def _clause(aim: str) -> str:
    return f"; {aim}" if aim else ""


def aim_words(
    target: float | None, unit: str, target_date: dt.date | None, day: dt.date, *, is_hold: bool
) -> str:
    """What a KPI is held to: "the plan says 80 % by 31 Dec"."""
    if target is None:
        return ""
    if is_hold:
        return f"the level to hold is {measure(target, unit)}"
    by = f" by {short_day(target_date, day)}" if target_date and target_date > day else ""
    return f"the plan says {measure(target, unit)}{by}"


def status_sentence(before: str, health_before: str, now: str, health: str) -> str:
    """A crossing; `before` and `now` are keys of statuses, the others words, empty for unknown."""
    if now == "retired":
        return "It is retired now."
    if now == "unknown" and before == "retired":
        return "It is no longer retired; we don’t know its health yet."
    if now == "unknown":
        return f"We don’t know its health now; it was {_named(before, health_before)}."
    if before == "unknown":
        return f"Its health is known now: {_named(now, health)}."
    if before == "retired":
        return f"It is no longer retired: its health is {_named(now, health)}."
    return f"Its health went from {_named(before, health_before)} to {_named(now, health)}."


def _named(status: str, health: str) -> str:
    word = status.replace("_", " ")
    return f"{word} ({health})" if health else word


def decision_sentence(problem: str, decision: str) -> str:
    """What was decided: "“Rosters change after people have planned” comes next"."""
    return f"{quoted(problem)} {_COLUMNS[decision]}."


def needed_sentence(what: str, who: str, by: str, news: str) -> str:
    """What has to be decided, by whom, by when."""
    told = quoted(what)
    if news == "decided":
        return f"Decided: {told}."
    if news == "dropped":
        return f"No longer to be decided: {told}."
    if news == "overdue":
        return f"A decision from {who} was due by {by}: {told}."
    return f"A decision from {who} is needed by {by}: {told}."


def risk_sentence(what: str, owner: str, until: str, news: str) -> str:
    """What may go wrong, who looks after it, until when."""
    starts = {
        "new": "New risk",
        "changed": "Changed risk",
        "open": "Risk",
        "over": "This risk is over",
        "happened": "This has happened",
    }
    told = f"{starts[news]}: {quoted(what)}"
    if news in ("over", "happened"):
        return f"{told}."
    return f"{told}. {owner} looks after it until {until}."


def release_sentence(kind: str, title: str) -> str:
    """What is out: "New: Rosters can be copied"."""
    return f"{kind}: {cut(title, 200).rstrip('.')}."
