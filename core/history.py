"""Who changed what in a product, when, from what to what: gathered from the apps that know."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import Registry

CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a changed thing, in words; None where there was, or is, nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One sentence of a history: *actor* did *what* to *subject* at an instant."""

    at: dt.datetime
    actor: str
    what: str
    subject: str
    changes: tuple[Change, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class HistorySource:
    """Where entries come from.

    `fetch(product, user, before, limit)` gives the newest `limit` entries older than `before`
    (None: from now), newest first, and only what `user` may read.
    """

    key: str
    label: str
    fetch: Callable[[Any, Any, dt.datetime | None, int], list[HistoryEntry]]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries, newest first; `older` is the instant before which the next page begins."""

    entries: list[HistoryEntry]
    older: dt.datetime | None


_sources = Registry[HistorySource]("history sources")
register = _sources.register


def sources() -> tuple[HistorySource, ...]:
    """All sources, by key."""
    return tuple(_sources)


# What one transaction changes bears one instant; a page never ends in the middle of it.
LARGEST_CHANGE = 200


def history_page(
    product: object, user: object, *, before: dt.datetime | None = None, limit: int = 50
) -> HistoryPage:
    """The history of a product from all sources together, at least `limit` entries long if it is.

    A page is longer where a change of the same instant would be torn apart.
    """
    lists = [source.fetch(product, user, before, limit + LARGEST_CHANGE) for source in sources()]
    merged = list(heapq.merge(*lists, key=lambda entry: entry.at, reverse=True))
    if len(merged) <= limit:
        return HistoryPage(_told(merged), None)
    last = merged[limit - 1].at
    entries = [entry for entry in merged if entry.at >= last]
    return HistoryPage(_told(entries), last if len(merged) > len(entries) else None)


def _told(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    """Without those in which only a version number or a time stamp moved."""
    return [entry for entry in entries if entry.changes or entry.what != CHANGED]
