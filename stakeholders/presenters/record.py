"""Words for the record of a person, and for erasing one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.formats import count
from core.models import Erasure
from stakeholders.models import Person
from stakeholders.selectors.record import Entry, Record
from stakeholders.selectors.traces import Human, Trace

SOMEBODY_ELSE = "This is you. Somebody else has to do this."
AT_WORK = "A file that names them is being imported. Try again when that has ended."
LAST_ADMINISTRATOR = "This is the last administrator. Make somebody else one first."

# What an erasure counted, in the order in which it is told: (one, many).
_DONE = {
    "records": ("record of a person is anonymous", "records of a person are anonymous"),
    "accounts": ("account can't be signed in to", "accounts can't be signed in to"),
    "emptied": ("row about them was emptied", "rows about them were emptied"),
    "replaced": ("text names them no more", "texts name them no more"),
    "mails": ("mail was deleted", "mails were deleted"),
    "files": ("imported file was deleted", "imported files were deleted"),
    "sessions": ("session was ended", "sessions were ended"),
    "history": ("row of histories was made anonymous", "rows of histories were made anonymous"),
}


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A place in which somebody is named: where, in how many texts, and a few words of some."""

    where: str
    count: str
    excerpts: tuple[str, ...]


def trace_lines(traces: Iterable[Trace]) -> list[TraceLine]:
    """The places, as a table shows them."""
    return [
        TraceLine(_capital(one.label), count(one.count, "text"), one.excerpts) for one in traces
    ]


def trace_choices(traces: Iterable[Trace]) -> list[tuple[str, str]]:
    """The places, to be ticked."""
    return [(one.key, f"{_capital(one.label)} ({count(one.count, 'text')})") for one in traces]


def what_goes(human: Human) -> list[str]:
    """What nobody can bring back, in sentences."""
    told = ["name, e-mail, role, department, time zone and language"]
    if len(human.people) > 1:
        told.append(f"the {count(len(human.people) - 1, 'record')} merged with theirs, likewise")
    # By name: a link may stem from an address that was once mistyped.
    told += [
        f"the account of {user} ({user.email}): nobody signs in to it any more, it bears no name"
        for user in human.users
    ]
    return [
        *told,
        "every note and every reason about them, on all maps",
        "what histories keep of all this, and their name in lists of what happened",
        "mails to them, and mails to others that name them, sent or not",
        "imported files that name them; what was imported stays",
    ]


def what_stays(held: Mapping[str, int]) -> list[str]:
    """What is kept without a name, with how many there are."""
    left = {noun: number for noun, number in held.items() if noun not in ("people", "accounts")}
    return [f"{noun}: {number:,}" for noun, number in sorted(left.items())]


def done_words(erasure: Erasure) -> list[str]:
    """What an erasure did, in sentences."""
    counts: Mapping[str, int] = erasure.counts
    return [
        f"{counts[key]:,} {one if counts[key] == 1 else many}"
        for key, (one, many) in _DONE.items()
        if counts.get(key)
    ]


def record_json(person: Person, record: Record, *, drawn_by: str, drawn_at: str) -> dict[str, Any]:
    """The record as a file, which a machine reads too."""
    return {
        "person": person.name,
        "e-mail": person.email,
        "drawn_by": drawn_by,
        "drawn_at": drawn_at,
        "held": {
            section.key: {
                "what": section.noun,
                "today": _rows(section.entries),
                "formerly": _rows(section.former),
            }
            for section in record.sections
        },
        "done_by_them": record.done,
        "named_in": [
            {"where": one.label, "texts": one.count, "excerpts": list(one.excerpts)}
            for one in record.traces
        ],
    }


def done_lines(record: Record) -> list[tuple[str, str]]:
    """What they did themselves, counted."""
    return [(_capital(noun), f"{number:,}") for noun, number in sorted(record.done.items())]


def _rows(entries: Sequence[Entry]) -> list[dict[str, str]]:
    return [dict(entry.facts) for entry in entries]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
