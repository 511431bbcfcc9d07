"""The period of a chart, as its address says it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict

from core.as_of import read_day
from core.forms import clean_text
from kpis.rules import FIRST_DAY
from kpis.selectors import ChartPeriod

WEEKS = {"13": 13, "26": 26, "52": 52}
ALL = "all"
USUAL = "52"
_LONGEST = 40
_PROBLEM = "There is no such period. Choose one, or enter two days."


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """The period, or what is wrong with what was typed, beside its field."""

    period: ChartPeriod | None
    typed_first: str = ""
    typed_last: str = ""
    first_problem: str = ""
    last_problem: str = ""
    problem: str = ""


def asked_period(query: QueryDict, today: dt.date, oldest: dt.date | None) -> AskedPeriod:
    """`?weeks=13|26|52|all`, or `?from=` and `?to=`; 52 weeks where the address says nothing.

    `oldest` is the day of the oldest value. Nonsense is a problem, never silently another period.
    """
    first, last = _typed(query, "from"), _typed(query, "to")
    if first or last:
        return _between(first, last, today, oldest)
    key = _typed(query, "weeks") or USUAL
    if key == ALL:
        begin = min(oldest or today, today - dt.timedelta(weeks=13))
        return AskedPeriod(ChartPeriod(max(begin, FIRST_DAY), today, ALL))
    if key not in WEEKS:
        return AskedPeriod(None, problem=_PROBLEM)
    return AskedPeriod(ChartPeriod(today - dt.timedelta(weeks=WEEKS[key]), today, key))


def _between(first: str, last: str, today: dt.date, oldest: dt.date | None) -> AskedPeriod:
    begin, first_problem = _read(first, today)
    end, last_problem = _read(last, today)
    if first_problem or last_problem:
        return AskedPeriod(None, first, last, first_problem, last_problem)
    end = end or today
    begin = begin or min(oldest or end, end - dt.timedelta(weeks=13))
    if begin >= end:
        return AskedPeriod(None, first, last, "", "Enter a day after the first one.")
    return AskedPeriod(ChartPeriod(begin, end), first, last)


def _read(text: str, today: dt.date) -> tuple[dt.date | None, str]:
    if not text:
        return None, ""
    try:
        return read_day(text, today), ""
    except ValueError as error:
        return None, str(error)


def _typed(query: QueryDict, name: str) -> str:
    return clean_text(query.get(name, ""))[:_LONGEST]
