"""What upper apps do when two records of people become one, and two again. Filled in their
`ready()`: the directory lies below the apps that know what people have chosen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.registry import Registry


class Join(Protocol):
    """Hands over what is about `gone`; what was done, as plain JSON, for `Part`."""

    def __call__(self, *, kept: Any, gone: Any, now: dt.datetime) -> dict[str, Any]: ...


class Part(Protocol):
    """Gives it back; `done` is what `Join` said."""

    def __call__(
        self, *, kept: Any, gone: Any, done: Mapping[str, Any], now: dt.datetime
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Rows of an app that are about people. Both records are locked while `join` or `part` runs, in
    the transaction of the merge. It may write to rows of its app alone.
    """

    key: str
    join: Join
    part: Part


_rows = Registry[MergedRows]("rows of people")
register = _rows.register


def join_rows(kept: Any, gone: Any, now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Let every app hand its rows over; what each has done, by its key."""
    return {rows.key: rows.join(kept=kept, gone=gone, now=now) for rows in _rows}


def part_rows(
    kept: Any, gone: Any, done: Mapping[str, Mapping[str, Any]], now: dt.datetime
) -> None:
    """Let every app take its rows back; one that had none to hand over has nothing to do."""
    for rows in _rows:
        if rows.key in done:
            rows.part(kept=kept, gone=gone, done=done[rows.key], now=now)
