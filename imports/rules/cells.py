"""What one cell of a file says: a number or a count, strictly.

People who type are understood more kindly (kpis/rules.py); a file says once, in its mapping, how it
writes numbers and days, and everything else is refused with a reason (rules/reasons.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from imports.rules import reasons
from imports.rules.mapping import Numbers
from imports.rules.reasons import CellRefused
from imports.rules.texts import Typed, tidied

LONGEST_NUMBER = 60
LARGEST_COUNT = 2_147_483_647
_ARABIC_DECIMAL, _ARABIC_THOUSANDS = "٫", "٬"
_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_MARKED = re.compile(r"[0-9]+(?:[.,' ][0-9]*)+")


def read_number(text: str, numbers: Numbers) -> float | None:
    """The number that a cell holds; None: it is empty. `71 %` is 71, `(5)` is -5, -0 is 0.

    Raises:
        CellRefused: it is no number as the mapping writes them, does not fit a double, or is a mark
            for "not known" (reason `UNKNOWN`).
    """
    return number_reader(numbers)(text)


@lru_cache(maxsize=64)
def number_reader(numbers: Numbers) -> Callable[[str], float | None]:
    """`read_number` for the many cells of one file."""
    grammar = _grammar(numbers)
    unknown = frozenset(tidied(mark).casefold() for mark in numbers.unknown)
    money = tuple(tidied(sign) for sign in numbers.currency if tidied(sign))
    is_plain = _PLAIN.fullmatch if numbers.decimal == "." else re.compile("[0-9]{1,15}").fullmatch

    def read(cell: str) -> float | None:
        if is_plain(cell) and cell not in unknown:
            return float(cell) or 0.0
        text = tidied(cell)
        if not text:
            return None
        if text.casefold() in unknown:
            raise CellRefused(reasons.UNKNOWN)
        if is_plain(text):
            return float(text) or 0.0
        if isinstance(cell, Typed):
            return _fitting(text.removesuffix("%"))
        if len(text) > LONGEST_NUMBER:
            raise CellRefused(reasons.TOO_LONG)
        sign, bare = _unsigned(text, money)
        bare = bare.replace(_ARABIC_DECIMAL, numbers.decimal)
        bare = bare.replace(_ARABIC_THOUSANDS, numbers.thousands or _ARABIC_THOUSANDS)
        found = grammar.fullmatch(bare)
        if found is None:
            raise CellRefused(_why_not(bare))
        whole = re.sub("[^0-9]", "", found["whole"])
        return _fitting(f"{sign}{whole}.{found['fraction'] or '0'}{found['exponent'] or ''}")

    return read


def _grammar(numbers: Numbers) -> re.Pattern[str]:
    """Digits as the mapping writes them: grouped well or not at all."""
    group, mark = re.escape(numbers.thousands), re.escape(numbers.decimal)
    grouped = rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|" if group else ""
    return re.compile(
        rf"(?P<whole>{grouped}[0-9]+|(?={mark}[0-9]))(?:{mark}(?P<fraction>[0-9]*))?"
        r"(?P<exponent>[eE][+-]?[0-9]{1,9})?"
    )


def _unsigned(text: str, money: tuple[str, ...]) -> tuple[str, str]:
    """("-" or "", what is left) without brackets, one sign, and one sign of money or per cent."""
    sign = ""
    if text.startswith("(") and text.endswith(")"):
        sign, text = "()", text[1:-1].strip()
    sign, text = _without_sign(sign, text)
    before = next((mark for mark in money if text.startswith(mark)), "")
    sign, text = _without_sign(sign, text[len(before) :].lstrip())
    after = next((mark for mark in ("%", *money) if text.endswith(mark)), "")
    if after and not before:
        text = text[: -len(after)].rstrip()
    return ("-" if sign in ("-", "()") else ""), text


def _without_sign(sign: str, text: str) -> tuple[str, str]:
    return (text[0], text[1:].lstrip()) if not sign and text[:1] in ("+", "-") else (sign, text)


def _why_not(text: str) -> str:
    return reasons.BAD_GROUPS if _MARKED.fullmatch(text) else reasons.NOT_A_NUMBER


def _fitting(text: str) -> float:
    """The double that Python reads, if there is one.

    Raises:
        CellRefused: the number is too large, or so small that it would become 0.
    """
    value = float(text)
    if not math.isfinite(value):
        raise CellRefused(reasons.TOO_LARGE)
    if value == 0 and re.search("[1-9]", text.lower().partition("e")[0]):
        raise CellRefused(reasons.TOO_SMALL)
    return value or 0.0


def read_count(text: str, numbers: Numbers) -> int | None:
    """A whole number from 0 on; None: the cell is empty, or says that it is not known.

    Raises:
        CellRefused: it is something else.
    """
    if not text:
        return None
    if "%" in tidied(text):
        raise CellRefused(reasons.NOT_A_COUNT)
    try:
        value = number_reader(_without_money(numbers))(text)
    except CellRefused as refused:
        if refused.reason == reasons.UNKNOWN:
            return None
        raise
    if value is None:
        return None
    if value < 0 or not value.is_integer():
        raise CellRefused(reasons.NOT_A_COUNT)
    if value > LARGEST_COUNT:
        raise CellRefused(reasons.COUNT_TOO_LARGE)
    return int(value)


@lru_cache(maxsize=64)
def _without_money(numbers: Numbers) -> Numbers:
    return replace(numbers, currency=())
