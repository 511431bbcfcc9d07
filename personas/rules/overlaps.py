"""Whom we describe twice, and which two products do the same (domain.md, "Overlap finder").

Two tasks are the same where their names are, whatever their case, accents, spaces and punctuation;
how many minutes they take does not matter.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

LEAST_SHARE = 0.6
"""From this share on two personas, or two products, are told."""
SILENT_DAYS = 180

Thing = TypeVar("Thing", bound=object)


@dataclass(frozen=True, slots=True)
class Overlap(Generic[Thing]):
    """What two have in common: `shared` out of `total` (the union of tasks, or the goals of the
    product that serves fewer). `first` is the smaller key; `sizes` say how many each has.
    """

    first: int
    second: int
    shared: frozenset[Thing]
    total: int
    sizes: tuple[int, int]

    @property
    def share(self) -> float:
        """0 to 1."""
        return len(self.shared) / self.total


@dataclass(frozen=True, slots=True)
class Portrayed:
    """A persona as the finder sees it: keys of the departments in which people are, and of tasks.

    Without a department nobody knows whether two are of different ones, so nothing is suggested.
    """

    departments: frozenset[int]
    tasks: frozenset[str]


def task_key(name: str) -> str:
    """What the names of the same task have in common: "Send e-mails" is "send Émails"."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(sign for sign in folded if _matters(sign)) or folded.strip()


def _matters(sign: str) -> bool:
    """Letters, digits, and marks that are no accents (vowel signs of Indian scripts)."""
    return unicodedata.category(sign)[0] in "LNM" and not unicodedata.combining(sign)


def shared_personas(personas: Mapping[int, Portrayed]) -> list[Overlap[str]]:
    """Personas of disjoint departments whose tasks have a Jaccard share of 0.6 or more.

    The most tasks in common first.
    """
    tasks = {key: one.tasks for key, one in personas.items() if one.departments}
    found = [
        _overlap(tasks, first, second, len(tasks[first] | tasks[second]))
        for first, second in _meeting(tasks)
        if personas[first].departments.isdisjoint(personas[second].departments)
    ]
    return _told(found)


def duplicates(
    served: Mapping[int, AbstractSet[int]], only: int | None = None
) -> list[Overlap[int]]:
    """Products that may do the same: |A ∩ B| / min(|A|, |B|) ≥ 0.6 of the goals they serve.

    `served` are the goals that each product serves with a fit of 2 or more; a goal belongs to one
    persona. `only`: no pairs without this product. The most goals in common first.
    """
    found = [
        _overlap(served, first, second, min(len(served[first]), len(served[second])))
        for first, second in _meeting(served)
        if only in (None, first, second)
    ]
    return _told(found)


def _overlap(
    sets: Mapping[int, AbstractSet[Thing]], first: int, second: int, total: int
) -> Overlap[Thing]:
    one, other = sets[first], sets[second]
    return Overlap(first, second, frozenset(one & other), total, (len(one), len(other)))


def _meeting(sets: Mapping[int, AbstractSet[Thing]]) -> Iterable[tuple[int, int]]:
    """Pairs that have anything in common at all, the smaller key first; each once."""
    holders: dict[Thing, list[int]] = defaultdict(list)
    for key in sorted(sets):
        for thing in sets[key]:
            holders[thing].append(key)
    return {pair for keys in holders.values() for pair in combinations(keys, 2)}


def _told(found: Iterable[Overlap[Thing]]) -> list[Overlap[Thing]]:
    told = [one for one in found if one.share >= LEAST_SHARE]
    return sorted(told, key=lambda one: (-len(one.shared), -one.share, one.first, one.second))


def silent_until(dismissed_on: dt.date) -> dt.date:
    """The day on which a dismissed overlap is told again: silent for 180 days, its own included."""
    return dismissed_on + dt.timedelta(days=SILENT_DAYS)


def is_silent(dismissed_on: dt.date, today: dt.date) -> bool:
    """Whether a dismissal still holds."""
    return today < silent_until(dismissed_on)


def silent_since(today: dt.date) -> dt.date:
    """The earliest day of a dismissal that still holds."""
    return today - dt.timedelta(days=SILENT_DAYS - 1)
