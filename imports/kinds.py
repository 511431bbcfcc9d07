"""The registry of what can be imported, filled by the apps' `ready()`; and what a kind promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.registry import Registry
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.mapping import MappingRefused, Spec
from imports.rules.reasons import FileRefused as FileRefused  # noqa: PLC0414 - readers, below, raise it
from imports.rules.toml import parse_mapping

STEP_READ = "Reading the file"
"""The first step that every kind reports."""


class Cancelled(Exception):
    """Somebody has asked to stop; raised by a report, and for nobody but the caller to catch."""


class Refusals(Protocol):
    """Where a kind puts what it does not take. Texts too long are cut; any characters may come."""

    def add(self, *, line: int, column: str, raw: str, reason: str, series: str = "") -> None:
        """Refuse one value (or with an empty column the whole record)."""

    def add_many(self, rows: Iterable[Sequence[object]]) -> None:
        """Refuse many: (line, column, series, raw, reason) each."""


class Report(Protocol):
    """Where a kind says how far it is."""

    def __call__(self, step: str, rows_done: int = 0, rows_total: int | None = None) -> None:
        """`step` in words ("Reading the file"). Cheap: it is written at most every half second.

        Raises:
            Cancelled: somebody has asked to stop.
        """


@dataclass(frozen=True, slots=True)
class Job:
    """A file to load, inside a transaction of the caller.

    The caller commits (import) or rolls back (check): a kind does the same in both cases, so that
    what a check promises is what the import does. `by` None is an operator at the command line,
    who may do everything. `now` is aware.
    """

    run_id: int
    path: Path
    mapping: FileMapping
    by: Any
    now: dt.datetime
    refusals: Refusals
    report: Report


@dataclass(frozen=True, slots=True)
class Tally:
    """What becomes of one group of things: products, KPIs, or the values of one metric.

    `refused` counts by reason.
    """

    key: str
    label: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load did. `rows` are the records of the file, `first_day` and `last_day` the span of
    the values that were taken (None: no values).
    """

    rows: int
    tallies: tuple[Tally, ...]
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def as_json(self) -> dict[str, Any]:
        """For `ImportRun.outcome`."""
        days = {"first_day": self.first_day, "last_day": self.last_day}
        return {
            "rows": self.rows,
            "tallies": [asdict(tally) for tally in self.tallies],
            **{name: day.isoformat() if day else None for name, day in days.items()},
        }


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: `tallies` count as "changed" what was restored or removed; `kept` are the
    (label, reason) of what was left because it has changed since.
    """

    tallies: tuple[Tally, ...]
    kept: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Undo:
    """An import to take back, inside a transaction of the caller."""

    run_id: int
    by: Any
    now: dt.datetime
    report: Report


@dataclass(frozen=True, slots=True)
class ImportKind:
    """Something that can be imported.

    `load` and `undo` write (services of the app that owns the things); `may_use(user)` says who may
    import it at all, `load` refuses what the person may not change. `series_options` are the (key,
    label) that a series of a wide file may be: the metrics. `is_usual`: what most files hold, so
    what a form proposes.
    """

    key: str
    label: str
    hint: str
    order: int
    spec: Spec
    may_use: Callable[[Any], bool]
    load: Callable[[Job], Outcome]
    undo: Callable[[Undo], Undone]
    series_options: Callable[[], Sequence[tuple[str, str]]] = tuple
    is_usual: bool = False

    def read_mapping(self, text: str) -> FileMapping:
        """The mapping that `text` (TOML) says.

        Raises:
            MappingRefused: it can't be read, or reads files of another kind.
        """
        mapping = parse_mapping(text, self.spec)
        if mapping.kind not in ("", self.key):
            raise MappingRefused([f"This mapping reads {mapping.kind}, not {self.key}."])
        return mapping


_kinds = Registry[ImportKind]("import kinds")
register = _kinds.register


def kinds() -> tuple[ImportKind, ...]:
    """All kinds in their order."""
    return tuple(_kinds)


def kind(key: str) -> ImportKind:
    """The kind with this key.

    Raises:
        KeyError: there is none.
    """
    return _kinds[key]
