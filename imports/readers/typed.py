"""Numbers and days of a workbook as the text that people see."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from enum import Enum
from xml.etree.ElementTree import Element

from imports.rules.texts import Typed

_BUILT_IN_PERCENT = (9, 10)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_MIDNIGHT = " 00:00:00"


class CellFormat(Enum):
    """What the number of a cell stands for."""

    PLAIN = "plain"
    PERCENT = "percent"
    DAY = "day"
    DURATION = "duration"


def cell_formats(styles: Element) -> tuple[CellFormat, ...]:
    """The format of each cell style, in order."""
    codes: dict[int, str] = {}
    uses: list[int] = []
    for element in styles.iter():
        name = str(element.tag).rpartition("}")[2]
        if name == "numFmt":
            codes[int(element.get("numFmtId", 0))] = element.get("formatCode", "")
        elif name == "cellXfs":
            uses = [int(style.get("numFmtId", 0)) for style in element]
    kinds = {number: _kind(number, codes) for number in set(uses)}
    return tuple(kinds[number] for number in uses)


def _kind(number: int, codes: dict[int, str]) -> CellFormat:
    from openpyxl.styles.numbers import (  # a large package, needed for workbooks only
        BUILTIN_FORMATS,
        is_date_format,
        is_timedelta_format,
    )

    code = codes.get(number, BUILTIN_FORMATS.get(number, "General"))
    if is_timedelta_format(code):
        return CellFormat.DURATION
    if is_date_format(code):
        return CellFormat.DAY
    return CellFormat.PERCENT if "%" in _NOT_SHOWN.sub("", code) else CellFormat.PLAIN


def cell_text(value: str, form: CellFormat, *, counts_from_1904: bool) -> str:
    """The text of a number: an ISO day where it is one, a per cent where it is shown as one."""
    number = float(value)
    if form is CellFormat.PLAIN:
        return Typed(_written(number))
    if form is CellFormat.PERCENT:
        return Typed(f"{_written(float(Decimal(repr(number)) * 100))}%")
    return _moment(number, form, counts_from_1904=counts_from_1904)


def _written(number: float) -> str:
    """The shortest text of this double: 12, 71.4, 1e+20."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _moment(number: float, form: CellFormat, *, counts_from_1904: bool) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

    epoch = CALENDAR_MAC_1904 if counts_from_1904 else WINDOWS_EPOCH
    try:
        found = from_excel(number, epoch, timedelta=form is CellFormat.DURATION)
    except (ValueError, OverflowError):
        return _written(number)
    if isinstance(found, dt.datetime):
        return found.isoformat(" ", "seconds").removesuffix(_MIDNIGHT)
    return str(found)
