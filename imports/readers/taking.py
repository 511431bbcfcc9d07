"""What one cell of a wide file says, or one and its total."""

from __future__ import annotations

from collections.abc import Callable

from imports.readers.records import Reading
from imports.rules import reasons
from imports.rules.columns import ValueColumn
from imports.rules.reasons import CellRefused

ReadNumber = Callable[[str], float | None]


def take_value(
    line: int, raw: str, cells: list[str], column: ValueColumn, read: ReadNumber
) -> Reading:
    """The number of the cell, or why it is none."""
    try:
        value = read(cells[column.place])
    except CellRefused as refused:
        return _refused(line, column, raw, refused.reason)
    return _said(line, column, value, raw)


def take_ratio(
    line: int, raw: str, cells: list[str], column: ValueColumn, read: ReadNumber
) -> Reading:
    """The value is part / total × times. A part without its total is refused; where there is no
    part, nothing is counted.
    """
    total_raw = cells[column.total].strip() if column.total >= 0 else ""
    both = f"{raw} / {total_raw}" if total_raw else raw
    try:
        part = read(cells[column.place])
        total = read(cells[column.total]) if total_raw else None
    except CellRefused as refused:
        return _refused(line, column, both, refused.reason)
    if total is None or part is None:
        return _refused(line, column, both, reasons.NO_TOTAL)
    if total == 0:
        return _refused(line, column, both, reasons.ZERO_TOTAL)
    value = column.times * part / total
    if value - value != 0:  # infinite or no number
        return _refused(line, column, both, reasons.TOO_LARGE)
    return _said(line, column, value, both)


def _said(line: int, column: ValueColumn, value: float | None, raw: str) -> Reading:
    return Reading(line, column.key, column.label, column.day, value, raw, "")


def _refused(line: int, column: ValueColumn, raw: str, reason: str) -> Reading:
    return Reading(line, column.key, column.label, column.day, None, raw, reason)
