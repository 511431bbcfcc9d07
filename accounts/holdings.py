"""What a person holds in upper apps, told on the page that would take their account away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Holding:
    """A sentence such as "Product manager of Shift Planner", and where it can be changed."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class HoldingSource:
    """`find(user)` tells what the person holds; `hand_over_url(user)` where to pass it on."""

    key: str
    find: Callable[[User], list[Holding]]
    hand_over_url: Callable[[User], str] | None = None


_sources: dict[str, HoldingSource] = {}


def register(source: HoldingSource) -> None:
    """Add a source, from an app's `ready()`.

    Raises:
        ValueError: another one has the same key.
    """
    if _sources.setdefault(source.key, source) != source:
        raise ValueError(f"Two sources of holdings are called {source.key!r}.")


def holdings_of(user: User) -> list[Holding]:
    """Everything the person holds, app by app."""
    return [holding for key in sorted(_sources) for holding in _sources[key].find(user)]


def hand_over_url(user: User) -> str:
    """Where an administrator hands the person's things to somebody else; empty if nowhere."""
    urls = (source.hand_over_url(user) for source in _sources.values() if source.hand_over_url)
    return next((url for url in urls if url), "")
