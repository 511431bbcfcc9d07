"""Families of columns: which columns a pattern finds, and families that come and go in a form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import QueryDict

from imports.rules.headers import Pattern, PeriodRefused
from imports.rules.series import MOST_SERIES


def columns_named(
    pattern: str, names: Sequence[str], *, year_starts: int = 1, year_named: str = "end"
) -> list[tuple[str, dt.date]]:
    """The columns that a pattern finds, each with the last day of its period, oldest first.

    Raises:
        PatternRefused: it names no period.
    """
    wanted = Pattern(pattern, year_starts=year_starts, year_named=year_named)
    found = []
    for name in names:
        try:
            day = wanted.match(name)
        except PeriodRefused:
            continue
        if day is not None:
            found.append((name, day))
    return sorted(found, key=lambda one: one[1])


def posted_series(data: QueryDict) -> list[int]:
    """The numbers of the families that the form carries, in order."""
    found = []
    for text in data.getlist("series")[:MOST_SERIES]:
        if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) not in found:
            found.append(int(text))
    return found


def drop_series(data: QueryDict, number: int) -> QueryDict:
    """The form without one family."""
    kept = data.copy()
    kept.setlist("series", [text for text in data.getlist("series") if text != str(number)])
    return kept


def add_series(data: QueryDict, **given: str) -> QueryDict:
    """The form with one more family, some of whose answers are known."""
    more = data.copy()
    number = max(posted_series(data), default=-1) + 1
    more.appendlist("series", str(number))
    for name, value in {"how": "value", "times": "100", "year_starts": "1", **given}.items():
        more[f"series_{number}-{name}"] = value
    return more
