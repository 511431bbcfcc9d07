"""Files about somebody that other apps keep: what erasing a person has to delete.

Every app that stores files registers in its `ready()` how to find those of one person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.mentions import Mentions
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """`forget(user_ids, who)` deletes the files of these accounts and of whoever bears these
    addresses, on commit, and says how many. It runs inside the transaction of the erasure, before
    any row of the person is emptied.
    """

    key: str
    forget: Callable[[Collection[int], Mentions], int]


_sources = Registry[StoredFiles]("sources of stored files")
register = _sources.register


def forget_files(*, user_ids: Collection[int], who: Mentions) -> int:
    """Delete the files of a person everywhere; how many."""
    return sum(source.forget(user_ids, who) for source in _sources)
