"""How the numbers and days of a file are written, told from some of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from imports.rules.cells import number_reader
from imports.rules.days import read_day
from imports.rules.mapping import Numbers
from imports.rules.reasons import UNKNOWN, CellRefused
from imports.rules.texts import tidied

_WAYS = ((".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
_UNKNOWN = (
    "-",
    "–",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "unknown",
    "..",
    "...",
    ":",
    "x",
    "*",
    "?",
)
_ORDERS = tuple(
    order.replace(" ", mark)
    for order in ("day month year", "month day year", "year month day")
    for mark in "/.- "
)


def guess_numbers(cells: Iterable[str]) -> Numbers:
    """The way in which most of the cells can be read, and the marks for "not known" among them."""
    texts = [text for cell in cells if (text := tidied(cell))]
    marks = {text for text in texts if text.casefold() in _UNKNOWN}
    unknown = ("-", *sorted(mark for mark in marks if mark != "-"))
    ways = [Numbers(decimal=mark, thousands=group, unknown=unknown) for mark, group in _WAYS]
    return min(ways, key=lambda way: _unread(texts, way))


def _unread(texts: Iterable[str], numbers: Numbers) -> int:
    read = number_reader(numbers)
    return sum(not _is_read(read, text) for text in texts)


def _is_read(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except CellRefused as refused:
        return refused.reason == UNKNOWN
    return True


def guess_dates(cells: Iterable[str]) -> str:
    """The one order in which all cells are days; empty: they are ISO, or it can't be told."""
    texts = [text for cell in cells if (text := tidied(cell))]
    if all(_is_read(read_day, text) for text in texts):
        return ""
    fitting = [
        order
        for order in _ORDERS
        if all(_is_read(partial(read_day, order=order), text) for text in texts)
    ]
    return fitting[0] if len(fitting) == 1 else ""
