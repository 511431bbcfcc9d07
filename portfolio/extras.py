"""What upper apps add to a release note: whom it is for, what it solves. Filled in their `ready()`.

Portfolio lies below the apps that know personas and opportunities, so they hand in the questions of
the form, what becomes of the answers, and what the note's page says of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.registry import Registry

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a note is about: its name, and the address of its page."""

    label: str
    url: str


class Keep(Protocol):
    """Writes the answers, inside the transaction that writes the note; whether anything changed."""

    def __call__(self, *, release: Any, answers: Answers, by: Any, now: dt.datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class ReleaseExtra:
    """One more thing to say about a release note.

    `fields(product, release)` are the form's questions by name, with what stands now as their
    `initial` (`release` is None for a new note); `shown(release_ids)` what the notes are about, in
    a fixed number of queries.
    """

    key: str
    label: str
    fields: Callable[[Any, Any], Mapping[str, Any]]
    keep: Keep
    shown: Callable[[Iterable[int]], Mapping[int, list[Mention]]]
    order: int = 100


_extras = Registry[ReleaseExtra]("extras of releases")
register = _extras.register


def registered() -> tuple[ReleaseExtra, ...]:
    """All of them, in the order in which they are asked and shown."""
    return tuple(_extras)


def mentions_of(release_ids: Iterable[int]) -> dict[int, list[tuple[str, list[Mention]]]]:
    """What each note is about, under the extras' labels; what says nothing is left out."""
    ids = list(release_ids)
    found: dict[int, list[tuple[str, list[Mention]]]] = {pk: [] for pk in ids}
    for extra in registered() if ids else ():
        for pk, mentions in extra.shown(ids).items():
            if mentions:
                found[pk].append((extra.label, mentions))
    return found
