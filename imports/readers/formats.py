"""How a workbook shows the numbers of its cells."""

from __future__ import annotations

import re
from enum import Enum
from xml.etree.ElementTree import Element

_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


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
