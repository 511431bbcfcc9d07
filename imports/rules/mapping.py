"""What a mapping says: which columns of a file mean what (docs/mappings.md).

Nothing here knows products or KPIs. A kind of file says in a `Spec` which fields its subject has
and which options a series takes; the mapping fills them.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any


class MappingRefused(ValueError):
    """A mapping that can't be used; `problems` say why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that a mapping may fill from a column or with one value for all.

    `names` are headers that are taken for it without being told (compared without case, spaces
    and punctuation).
    """

    key: str
    label: str
    is_required: bool = False
    names: tuple[str, ...] = ()
    help: str = ""
    only_when_new: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """What mappings of a kind may say.

    `subject` is the name of the section of fields ("product"), `series` that of the list of value
    series ("kpi", empty where a kind has none), `long` the fields of a long file, `options` the
    keys that a series may carry beside how it is read.
    """

    subject: str
    fields: tuple[FieldSpec, ...]
    series: str = ""
    series_key: str = ""
    long: tuple[FieldSpec, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: a column (its header, white space made one space), or a value."""

    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How the file is written; empty: found out. `header_line` counts records from 1."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_line: int = 1


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written. `unknown` are texts that stand for "not known"."""

    decimal: str = "."
    thousands: str = ","
    currency: tuple[str, ...] = ("£", "€", "$")
    unknown: tuple[str, ...] = ("-",)


@dataclass(frozen=True, slots=True)
class Series:
    """A family of columns of a wide file, one per period.

    Either `value`, or `part` and `total` (value = `times` × part / total); all are header patterns.
    `year_starts` is the first month (1–12) of the years that the headers count, `year_named` after
    which calendar year such a year is called ("end" or "start"). `options` go to the kind as they
    are.
    """

    key: str
    value: str = ""
    part: str = ""
    total: str = ""
    times: float = 1.0
    year_starts: int = 1
    year_named: str = "end"
    options: Dictionary[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of file is read. `shape` is "long" (a value a line) or "wide" (many); `kind` is
    empty where the mapping does not say for which kind it was made.
    """

    name: str
    shape: str
    file: FileFormat = FileFormat()
    numbers: Numbers = Numbers()
    dates: str = ""
    fields: Dictionary[str, Source] = field(default_factory=dict)
    when_new: Dictionary[str, str] = field(default_factory=dict)
    long: Dictionary[str, Source] = field(default_factory=dict)
    series: tuple[Series, ...] = ()
    kind: str = ""
