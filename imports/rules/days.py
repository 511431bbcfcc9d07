"""Days as files write them: ISO, or the order that the mapping says."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from imports.rules import reasons
from imports.rules.periods import month_number
from imports.rules.reasons import CellRefused
from imports.rules.texts import tidied

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"(?P<day>.*?)(?:(?<=[0-9])T| )"
    r"(?P<hour>[0-9]{1,2}):(?P<rest>[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)"
    r" ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?|[AaPp]\.?[Mm]\.?)?"
)
_SHORT = re.compile(r"[0-9]{1,2}([-/. ])[^-/. ]{1,9}\1[0-9]{1,2}")


@lru_cache(maxsize=10_000)
def read_day(text: str, order: str = "") -> dt.date | None:
    """The day that a cell holds; None: it is empty. `order` is like "day/month/year", months may be
    English names; empty: ISO. ISO is understood with any order, for no other day is written so.
    Midnight behind a day says nothing and is left out; nothing is known of time zones.

    Raises:
        CellRefused: it is no day written so, or none of the calendar.
    """
    text = tidied(text)
    if not text:
        return None
    text = _without_midnight(text)
    found = _ISO.fullmatch(text)
    if found:
        return _day(*map(int, found.groups()))
    if order:
        return _ordered(text, order)
    raise CellRefused(_why_not(text))


def _without_midnight(text: str) -> str:
    found = _TIME.fullmatch(text)
    if found is None:
        return text
    clock = f"{found['hour']}{found['rest']}"
    if int(found["hour"]) == 24:
        raise CellRefused(reasons.MIDNIGHT_24)
    if re.search("[1-9]", clock) or text[-1] in "mM.":
        raise CellRefused(reasons.HAS_A_TIME)
    return found["day"].rstrip()


def _ordered(text: str, order: str) -> dt.date:
    """The day in the mapping's own order."""
    mark = next(sign for sign in order if sign in "/.- ")
    pieces = [piece.strip() for piece in text.split(mark)]
    names = order.split(mark)
    if len(pieces) != 3:
        raise CellRefused(_why_not(text))
    found = dict(zip(names, pieces, strict=True))
    month = month_number(found["month"]) or found["month"]
    if not re.fullmatch("[0-9]{4}", found["year"]):
        raise CellRefused(_why_not(text))
    if not re.fullmatch("[0-9]{1,2}", found["day"]) or not re.fullmatch("[0-9]{1,2}", str(month)):
        raise CellRefused(reasons.NOT_A_DAY)
    return _day(int(found["year"]), int(month), int(found["day"]))


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise CellRefused(reasons.NO_SUCH_DAY) from error


def _why_not(text: str) -> str:
    return reasons.SHORT_YEAR if _SHORT.fullmatch(text) else reasons.NOT_A_DAY
