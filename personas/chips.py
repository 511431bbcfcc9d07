"""Short remarks on personas from upper apps, filled in their `apps.py: ready()`.

personas lies below the app that knows who was interviewed and when, so that app hands its words in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class PersonaChip:
    """A remark of few words; `kind` colours it as the tag `chip` does ("", "watch", "risk")."""

    words: str
    kind: str = ""
    icon: str = ""


Fetch = Callable[[Collection[int], dt.date], Mapping[int, PersonaChip]]


@dataclass(frozen=True, slots=True)
class ChipSource:
    """`fetch(persona_ids, day)` answers remarks by persona, in a fixed number of queries."""

    key: str
    fetch: Fetch


_sources = Registry[ChipSource]("sources of remarks on personas")
register = _sources.register


def chips_of(persona_ids: Collection[int], day: dt.date) -> dict[int, list[PersonaChip]]:
    """All remarks on these personas as of a day; one without any has an empty list."""
    found: dict[int, list[PersonaChip]] = {pk: [] for pk in persona_ids}
    for source in _sources if found else ():
        for pk, chip in source.fetch(persona_ids, day).items():
            found[pk].append(chip)
    return found
