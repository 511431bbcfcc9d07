"""Numbers and days of a workbook as the text that people see."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from imports.readers.formats import CellFormat
from imports.rules.texts import Typed

_MIDNIGHT = " 00:00:00"


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
