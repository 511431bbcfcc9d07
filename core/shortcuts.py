"""The registry of keys that pages listen to: what `?` lists. The scripts of the pages do the work.

Keys without Ctrl or Cmd can be switched off in the profile (WCAG 2.1.4); inside a grid or a list,
where the focus already stands on what they move, they stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.registry import Registry

# Ways to write one key down; each stands in a `<kbd>` of its own.
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` does `does`, on the pages of these route names, or on all where none is named.

    `is_single`: works without Ctrl or Cmd wherever nobody is writing, so it can be switched off.
    """

    key: str
    keys: Keys
    does: str
    pages: frozenset[str] = frozenset()
    order: int = 100
    is_single: bool = True


_shortcuts = Registry[Shortcut]("shortcuts")
register = _shortcuts.register


def shortcuts_of(page: str, *, single_keys: bool) -> list[Shortcut]:
    """The keys that work on the page of this route name, those of the page before the others."""
    found = [one for one in _shortcuts if single_keys or not one.is_single]
    return [*_only(found, page), *(one for one in found if not one.pages)]


def _only(found: list[Shortcut], page: str) -> Iterator[Shortcut]:
    return (one for one in found if page in one.pages)
