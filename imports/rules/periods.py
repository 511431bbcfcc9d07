"""Periods of calendar and fiscal years, told by their last day."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = (
    "",
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""English whatever the machine speaks; January is 1."""
MONTH_NAMES = {"sept": 9} | {
    name.lower(): number
    for number, month in enumerate(MONTHS)
    if month
    for name in (month, month[:3])
}
"""Every way to write a month, in small letters."""


def month_number(name: str) -> int:
    """1 for "January", "jan" or "Jan."; 0 for what is no English month."""
    return MONTH_NAMES.get(name.strip().removesuffix(".").lower(), 0)


@dataclass(frozen=True, slots=True)
class Years:
    """The years that headers count: the first month (1–12), and whether a year is called after the
    calendar year in which it ends or starts.
    """

    first_month: int = 1
    named: str = "end"

    def month(self, year: int, index: int) -> tuple[int, int]:
        """(calendar year, month) of the month at `index` (0–11) of the year called `year`."""
        starts = year if self.first_month == 1 or self.named == "start" else year - 1
        months = starts * 12 + self.first_month - 1 + index
        return months // 12, months % 12 + 1


def last_day(year: int, values: Mapping[str, str], years: Years) -> dt.date:
    """The end of the smallest unit that is named."""
    month = _month(values)
    if "day" in values:
        calendar_year, _ = years.month(year, (month - years.first_month) % 12)
        return dt.date(calendar_year, month, int(values["day"]))
    if "week" in values:
        return dt.date.fromisocalendar(year, int(values["week"]), 7)
    if month:
        index = (month - years.first_month) % 12
    elif "quarter" in values:
        index = 3 * int(values["quarter"]) - 1
    elif "half" in values:
        index = 6 * int(values["half"]) - 1
    else:
        index = 11
    return _month_end(*years.month(year, index))


def _month(values: Mapping[str, str]) -> int:
    """The month named (1–12), 0 for none."""
    if "month" in values:
        return month_number(values["month"])
    number = int(values.get("month_number", 0))
    if "month_number" in values and not 1 <= number <= 12:
        raise ValueError(number)
    return number


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
