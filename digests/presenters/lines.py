"""What happened, as lines of a mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digests.rules import ItemKind
from digests.rules.blocks import FIRST, MUST, PINNED, SECOND, Line
from digests.rules.sheet import Entry
from digests.rules.words import clip

SENTENCE, DETAIL = 34, 48


def of_kind(entries: Iterable[Entry], *kinds: ItemKind) -> list[Entry]:
    """The entries of these kinds, in their order."""
    return [entry for entry in entries if entry.kind in kinds]


def line(entry: Entry, *, rank: int = SECOND, with_detail: bool = False) -> Line:
    """An entry in a list. Red ones stay whatever room there is; pinned ones come before others."""
    if entry.is_red:
        rank = MUST
    elif entry.is_pinned:
        rank = PINNED
    return Line(
        words=clip(entry.words, SENTENCE),
        detail=_detail(entry, with_detail=with_detail),
        url=entry.url,
        ask_url=entry.ask_url,
        rank=rank,
    )


def lines(
    entries: Iterable[Entry], *, rank: int = SECOND, with_detail: bool = False
) -> tuple[Line, ...]:
    """Entries in a list, all of the same rank but for the red and the pinned."""
    return tuple(line(entry, rank=rank, with_detail=with_detail) for entry in entries)


def needed(entries: Sequence[Entry]) -> tuple[Line, ...]:
    """Decisions: the one that is due first stays whatever room there is."""
    waiting = [entry for entry in entries if entry.is_open_decision]
    soonest = min(waiting, key=lambda entry: entry.data.get("by_day") or "9", default=None)
    return tuple(line(entry, rank=MUST if entry is soonest else FIRST) for entry in entries)


def _detail(entry: Entry, *, with_detail: bool) -> str:
    if entry.is_reworded and entry.is_open_decision:
        who, by = entry.data.get("who", ""), entry.data.get("by", "")
        return clip(", ".join(filter(None, [who, by and f"by {by}"])), DETAIL)
    return clip(entry.detail, DETAIL) if with_detail else ""
