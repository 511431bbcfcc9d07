"""The lines of a file of personas, read; what is missing or makes no sense is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imports.kinds import STEP_READ, Job
from imports.readers import open_table
from imports.readers.records import Broken, Record, Table
from imports.rules.columns import Column, labels, wide_columns
from imports.rules.reasons import EMPTY, CellRefused
from imports.services.counting import CountedRefusals
from personas.rules.files import unguarded
from personas.services.loading.cells import CellReader
from personas.services.loading.spec import FIELDS, RECORDS

REPORT_EVERY = 500
NO_SUCH_COLUMN = (
    "This column is not taken. A persona is what people must get done, never their age or gender."
)
NO_SUCH_RECORD = f"A line is one of: {', '.join(RECORDS)}."
NOT_OF_THIS = "A line of this kind says nothing here."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, read: its persona's name, and what its cells say."""

    number: int
    record: str
    persona: str
    values: Mapping[str, Any]


class LineReader:
    """Reads the lines of a job; `rows` counts the records that there were."""

    def __init__(self, job: Job, refusals: CountedRefusals, cells: CellReader) -> None:
        self.rows = 0
        self._job = job
        self._refusals = refusals
        self._cells = cells
        self._columns: Mapping[str, Column] = {}

    def lines(self) -> Iterator[Line]:
        """Those lines that can be taken; the others are refused.

        Raises:
            FileRefused: the file can't be read.
            MappingRefused: the mapping does not fit the file.
        """
        table = open_table(self._job.path, self._job.mapping.file)
        self._columns = wide_columns(table.header, self._job.mapping).fields
        self._tell_other_columns(table)
        for item in table.records():
            self.rows += 1
            if self.rows % REPORT_EVERY == 0:
                self._job.report(STEP_READ, self.rows, table.about_rows)
            if isinstance(item, Broken):
                self._refusals.add(line=item.line, column="", raw=item.raw, reason=item.reason)
                continue
            line = self._line(item)
            if line is not None:
                yield line

    def refuse(self, line: int, key: str, text: str, reason: str, record: str = "") -> None:
        """Refuse the cell of one field, or with no key the line."""
        column = self._columns[key].label if key in self._columns else ""
        self._refusals.add(line=line, column=column, raw=text, reason=reason, series=record)

    def _tell_other_columns(self, table: Table) -> None:
        known = {column.label for column in self._columns.values()}
        for title, label in zip(table.header, labels(table.header), strict=True):
            if title and label not in known:
                self._refusals.add(
                    line=table.header_line, column=label, raw=title, reason=NO_SUCH_COLUMN
                )

    def _line(self, item: Record) -> Line | None:
        texts = {key: unguarded(column.of(item.cells)) for key, column in self._columns.items()}
        record = texts.get("record", "").casefold()
        if record not in RECORDS:
            self.refuse(item.line, "record", texts.get("record", ""), NO_SUCH_RECORD)
            return None
        values = self._values(item.line, record, texts)
        return None if values is None else Line(item.line, record, values.pop("persona"), values)

    def _values(self, number: int, record: str, texts: Mapping[str, str]) -> dict[str, Any] | None:
        """What the cells say; None where the line is refused for one that it needs."""
        needed = ("persona", *RECORDS[record].needed)
        values: dict[str, Any] = {}
        for key in (field.key for field in FIELDS if field.key != "record"):
            try:
                values |= self._cell(record, key, texts.get(key, ""), is_needed=key in needed)
            except CellRefused as refused:
                self.refuse(number, key, texts.get(key, ""), refused.reason, record)
                if key in needed:
                    return None
        return values

    def _cell(self, record: str, key: str, text: str, *, is_needed: bool) -> dict[str, Any]:
        if text and not is_needed and key not in RECORDS[record].other:
            raise CellRefused(NOT_OF_THIS)
        if text:
            return {key: self._cells.read(record, key, text)}
        if is_needed:
            raise CellRefused(EMPTY)
        return {}
