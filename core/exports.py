"""CSV files that open safely in a spreadsheet and read back unharmed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import TextIO

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.text import slugify

Value = str | float | int | Decimal | dt.date | bool | None

# A cell that begins like this is a formula to a spreadsheet; also behind spaces, also full-width.
_FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠|%")
ROWS_A_CHUNK = 500

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


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a CSV (RFC 4180) to `file`, without a byte order mark."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([safe_cell(title) for title in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> HttpResponse:
    """A CSV (RFC 4180, UTF-8 with a byte order mark) to download as `name`.csv."""
    lines = StringIO()
    write_csv(lines, header, rows)
    return HttpResponse(_BYTE_ORDER_MARK + lines.getvalue(), headers=_headers(name))


def csv_stream(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> StreamingHttpResponse:
    """The same for tables of any length: the rows are read while they are sent."""
    return StreamingHttpResponse(_chunks(header, rows), headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{slugify(name) or "export"}.csv"',
    }


def _chunks(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    waiting = iter(rows)
    part = StringIO()
    part.write(_BYTE_ORDER_MARK)
    write_csv(part, header, ())
    while some := list(islice(waiting, ROWS_A_CHUNK)):
        writer = csv.writer(part, lineterminator="\r\n")
        writer.writerows([safe_cell(value) for value in row] for row in some)
        yield part.getvalue().encode()
        part = StringIO()
    yield part.getvalue().encode()
