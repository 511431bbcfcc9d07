"""What readers give: the records of a file, and what a mapping makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from imports.rules.mapping import FileFormat


class Record(NamedTuple):
    """One record of the file: as many cells as the header has, as they stand.

    `line` is the physical line on which it begins, counted from 1 (in a workbook: the row).
    """

    line: int
    cells: list[str]


class Broken(NamedTuple):
    """A record that can't be read at all. `raw` is how it begins, made printable."""

    line: int
    raw: str
    reason: str


class Table(Protocol):
    """An open file. `header` has the titles with each run of white space as one space (they may be
    blank or come twice; `rules.columns.labels` tells them apart); `file` says what was found.
    """

    file: FileFormat
    header: tuple[str, ...]
    header_line: int
    about_rows: int
    """How many records there may be, for a progress bar; quoted new lines are counted too."""

    def records(self) -> Iterator[Record | Broken]:
        """The records behind the header, in order, streamed; may be called again.

        Raises:
            FileRefused: the file turns out to be over a limit.
        """


class Subject(NamedTuple):
    """What a record is about: texts by the mapping's fields, empty where nothing is said."""

    line: int
    fields: Mapping[str, str]


class Reading(NamedTuple):
    """What one cell (or two: part and total) says. `value` is None where `reason` is not empty.

    `line` is its subject's; `raw` the text as it was, "part / total" of a ratio; `column` the label
    of the (part's) column.
    """

    line: int
    key: str
    column: str
    day: dt.date
    value: float | None
    raw: str
    reason: str


class RefusedCell(NamedTuple):
    """A cell of a long file that can't be taken."""

    column: str
    raw: str
    reason: str


@dataclass(slots=True)
class LongRow:
    """A line of a long file. `texts` has every mapped field, tidied; `raw` is its value's text.
    Day and value are there unless the line is `refused`, and then for one cell: the first of day,
    value, sample size.
    """

    line: int
    texts: dict[str, str]
    raw: str
    day: dt.date | None = None
    value: float | None = None
    sample_size: int | None = None
    refused: RefusedCell | None = None
