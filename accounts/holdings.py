"""What a person holds in upper apps, told on the page that would take their account away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.registry import Registry

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


_sources = Registry[HoldingSource]("sources of holdings")
register = _sources.register


def holdings_of(user: User) -> list[Holding]:
    """Everything the person holds, app by app."""
    return [holding for source in _sources for holding in source.find(user)]


def hand_over_url(user: User) -> str:
    """Where an administrator hands the person's things to somebody else; empty if nowhere."""
    urls = (source.hand_over_url(user) for source in _sources if source.hand_over_url)
    return next((url for url in urls if url), "")
