"""The one shape of every registry: a floor keeps it, the apps above fill it in their `ready()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    """An entry: its key is its name. Where it has an `order` too, that comes first."""

    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Generic[Entry]):
    """Entries by key, in their order. `noun` names them in errors ("history sources")."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.entries: dict[str, Entry] = {}

    def register(self, entry: Entry) -> None:
        """Add an entry; adding the same one again does nothing.

        Raises:
            ValueError: another one has the same key.
        """
        if self.entries.setdefault(entry.key, entry) != entry:
            raise ValueError(f"Two {self.noun} are called {entry.key!r}.")

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self.entries.values(), key=_place))

    def __getitem__(self, key: str) -> Entry:
        return self.entries[key]


def _place(entry: Keyed) -> tuple[int, str]:
    return getattr(entry, "order", 0), entry.key
