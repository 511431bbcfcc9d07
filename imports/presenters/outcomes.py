"""What a load did, or would do, in words and tables: `ImportRun.outcome` as people read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.formats import DASH, count, number
from imports.models import ImportRun


@dataclass(frozen=True, slots=True)
class TallyLine:
    """What becomes of one group of things."""

    label: str
    new: str
    changed: str
    unchanged: str
    refused: str


def tally_lines(outcome: Mapping[str, Any], *, name: str = "tallies") -> list[TallyLine]:
    """The table of an outcome as `ImportRun.outcome` holds it."""
    return [
        TallyLine(
            label=str(tally["label"]),
            new=number(tally["new"]),
            changed=number(tally["changed"]),
            unchanged=number(tally["unchanged"]),
            refused=number(sum(tally["refused"].values())),
        )
        for tally in outcome.get(name, ())
    ]


def reason_lines(outcome: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, why, how many) of everything refused, the most frequent first."""
    found = [
        (str(tally["label"]), str(reason), int(amount))
        for tally in outcome.get("tallies", ())
        for reason, amount in tally["refused"].items()
    ]
    found.sort(key=lambda line: (-line[2], line[:2]))
    return [(label, reason, number(amount)) for label, reason, amount in found]


def sum_of(outcome: Mapping[str, Any], name: str) -> int:
    """A column of the table, added up."""
    return sum(int(tally[name]) for tally in outcome.get("tallies", ()))


def refused_count(outcome: Mapping[str, Any]) -> int:
    """How many values and lines were not taken."""
    return int(outcome.get("refused", 0))


def was_refused(run: ImportRun) -> str:
    """`1,105 values were`; empty where nothing was."""
    amount = refused_count(run.outcome)
    return f"{count(amount, 'value')} {'was' if amount == 1 else 'were'}" if amount else ""


def outcome_words(run: ImportRun) -> str:
    """One line of a list: `734 rows: 22,079 new, 1,105 refused`."""
    outcome = run.outcome
    if "tallies" not in outcome:
        return run.problem or DASH
    parts = [
        f"{number(amount)} {word}"
        for amount, word in (
            (sum_of(outcome, "new"), "new"),
            (sum_of(outcome, "changed"), "changed"),
            (sum_of(outcome, "unchanged"), "unchanged"),
            (refused_count(outcome), "refused"),
        )
        if amount
    ]
    return f"{count(outcome.get('rows', 0), 'row')}: {', '.join(parts) or 'nothing to import'}"


def will_words(outcome: Mapping[str, Any]) -> str:
    """What an import of a checked file brings."""
    refused = refused_count(outcome)
    left = f"; {number(refused)} can't be taken" if refused else ""
    if brings := _brings(outcome):
        return f"Importing this file brings {brings}{left}. Nothing is changed yet."
    if sum_of(outcome, "unchanged"):
        return f"Importing this file changes nothing: what it says stands here already{left}."
    return f"Nothing in this file can be taken{', for the reasons below' if refused else ''}."


def did_words(outcome: Mapping[str, Any]) -> str:
    """What an import has brought."""
    refused = refused_count(outcome)
    left = f"; {number(refused)} could not be taken" if refused else ""
    if brings := _brings(outcome):
        return f"The file is imported. It brought {brings}{left}."
    return f"The file is imported. It changed nothing{left}."


def _brings(outcome: Mapping[str, Any]) -> str:
    told = (_new(sum_of(outcome, "new")), _changed(sum_of(outcome, "changed")))
    return " and ".join(words for words in told if words)


def _new(amount: int) -> str:
    return count(amount, "new entry", "new entries") if amount else ""


def _changed(amount: int) -> str:
    return count(amount, "change") if amount else ""


def day_of(text: object) -> dt.date | None:
    """A day of an outcome."""
    return dt.date.fromisoformat(text) if isinstance(text, str) else None


def undo_consequences(run: ImportRun) -> list[str]:
    """What an undo will do, a sentence each."""
    found = []
    for tally in run.outcome.get("tallies", ()):
        label, new, changed = str(tally["label"]), int(tally["new"]), int(tally["changed"])
        if new:
            found.append(f"{label}: {number(new)} that came with it go again.")
        if changed:
            found.append(f"{label}: {number(changed)} that it changed stand again as before.")
    return [
        *(found or ["It changed nothing, so nothing changes now."]),
        "What somebody has changed since then stays as it is. Afterwards you see what and why.",
        "Health is worked out anew. The history keeps both the import and the undo.",
    ]
