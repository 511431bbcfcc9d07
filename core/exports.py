"""CSV files that open safely in a spreadsheet and read back unharmed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

from django.http import HttpResponse
from django.utils.text import slugify

Value = str | float | int | Decimal | dt.date | bool | None

# A cell that begins like this is a formula to a spreadsheet; also behind spaces, also full-width.
_FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠|%")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else


def safe_cell(value: Value) -> str:
    """The value as a CSV holds it: numbers stay numbers, text never becomes a formula.

    Text that begins like one gets an apostrophe in front, which spreadsheets hide.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int | Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    bare = text.lstrip()
    beginning = text[: len(text) - len(bare) + 1]
    return f"'{text}" if _FORMULA_SIGNS.intersection(beginning) else text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> HttpResponse:
    """A CSV (RFC 4180, UTF-8 with a byte order mark) to download as `name`.csv."""
    lines = StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([safe_cell(title) for title in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return HttpResponse(
        _BYTE_ORDER_MARK + lines.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slugify(name) or "export"}.csv"'},
    )
