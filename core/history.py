"""Who changed what in a product, when, from what to what: gathered from the apps that know."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.registry import Registry

CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a changed thing, in words; None where there was, or is, nothing.

    `name` is the field as restorers know it.
    """

    field: str
    before: str | None
    after: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One sentence of a history: *actor* did *what* to *subject* at an instant.

    `source` says by what means, if not by a form. `key` tells the entry among those of `origin`,
    the source of the history it came from. `url` leads to more about it, `undo_url` to a page that
    takes it back.
    """

    at: dt.datetime
    actor: str
    what: str
    subject: str
    changes: tuple[Change, ...] = ()
    source: str = ""
    key: str = ""
    origin: str = ""
    url: str = ""
    undo_url: str = ""


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
    lists = [
        entries_of(source, product, user, before, limit + LARGEST_CHANGE) for source in sources()
    ]
    merged = list(heapq.merge(*lists, key=lambda entry: entry.at, reverse=True))
    if len(merged) <= limit:
        return HistoryPage(_told(merged), None)
    last = merged[limit - 1].at
    entries = [entry for entry in merged if entry.at >= last]
    return HistoryPage(_told(entries), last if len(merged) > len(entries) else None)


def entries_of(
    source: HistorySource, product: object, user: object, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What one source tells, each entry with where it is from."""
    found = source.fetch(product, user, before, limit)
    return [replace(entry, origin=source.key) for entry in found]


def _told(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    """Without those in which only a version number or a time stamp moved."""
    return [entry for entry in entries if entry.changes or entry.what != CHANGED]


RESTORE_DAYS = 30


class NoSuchEntry(LookupError):
    """The product has no such entry in its history."""


class CannotRestore(Exception):
    """What an entry tells can't come back; the message says why."""


class SeenIsOld(Exception):
    """It has changed since it was shown: nothing is written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come back: an entry by its key, one of its fields or (empty) the whole record."""

    key: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """One field that would change: what stands there, what would, in words.

    `since` tells who has changed it after the entry, newest first. `refusal` says why it stays as
    it is.
    """

    name: str
    label: str
    now: str | None
    then: str | None
    since: tuple[tuple[str, dt.datetime], ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What restoring an entry would do.

    `seen` stands for the state that is shown: only that one is overwritten. `notes` say what comes
    or goes with it. With a `refusal` nothing can be done.
    """

    entry: HistoryEntry
    fields: tuple[Former, ...] = ()
    seen: str = ""
    notes: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def coming(self) -> list[Former]:
        """The fields that would change."""
        return [field for field in self.fields if not field.refusal]


@dataclass(frozen=True, slots=True)
class Restorer:
    """How entries of the source `key` are taken back.

    `preview(product, user, wanted, now)` changes nothing; `restore(product, by, wanted, seen, now)`
    answers with the key of the entry that takes it back again, "" if nothing moved. Both raise
    `NoSuchEntry`, the second one `CannotRestore` and `SeenIsOld` as well. `fields` are the names
    that can come back one by one; `kinds` the words of the entries that can be taken back at all.
    """

    key: str
    preview: Callable[[Any, Any, Wanted, dt.datetime], Preview]
    restore: Callable[[Any, Any, Wanted, str, dt.datetime], str]
    fields: frozenset[str]
    kinds: frozenset[str]


_restorers = Registry[Restorer]("restorers")
register_restorer = _restorers.register


def restorers() -> tuple[Restorer, ...]:
    """All restorers, by key."""
    return tuple(_restorers)


def restorer_of(key: str) -> Restorer:
    """The restorer of a source.

    Raises:
        NoSuchEntry: nothing of this source can be restored.
    """
    try:
        return _restorers[key]
    except KeyError:
        raise NoSuchEntry(key) from None


def too_old(at: dt.datetime, now: dt.datetime) -> str:
    """Why an entry of that instant can't be restored any more; empty while it can."""
    if now - at <= dt.timedelta(days=RESTORE_DAYS):
        return ""
    return f"This is more than {RESTORE_DAYS} days ago. History keeps it; change it by hand."


def may_come_back(entry: HistoryEntry, now: dt.datetime) -> tuple[bool, frozenset[str]]:
    """Whether the page offers to restore the entry, and which of its fields one by one."""
    known = {restorer.key: restorer for restorer in restorers()}
    restorer = known.get(entry.origin)
    if restorer is None or not entry.key or too_old(entry.at, now):
        return False, frozenset()
    if entry.what not in restorer.kinds:
        return False, frozenset()
    if entry.what != CHANGED:
        return True, frozenset()
    found = frozenset(change.name for change in entry.changes) & restorer.fields
    return bool(found), found
