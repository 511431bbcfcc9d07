"""Columns that differ only in their period, found by looking at the headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imports.rules.headers import Pattern, PeriodRefused, one_space
from imports.rules.periods import MONTHS

_MONTH = "|".join([*MONTHS[1:], "Sept", *(month[:3] for month in MONTHS[1:])])
_PERIODS = (
    (r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])", "{year}-{month_number}-{day}"),
    (r"(?<![0-9])(?:19|20)[0-9]{2}([-/])[0-9]{2}(?![0-9/-])", None),
    (r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", "{year}"),
    (rf"(?<![^\W\d_])(?:{_MONTH})(?![^\W\d_])", "{month}"),
    (r"(?<=\bQ)[1-4](?![0-9])", "{quarter}"),
    (r"(?<=\bquarter )[1-4](?![0-9])", "{quarter}"),
    (r"(?<=\bH)[12](?![0-9])", "{half}"),
    (r"(?<=\bW)[0-5]?[0-9](?![0-9])", "{week}"),
    (r"(?<=\bweek )[0-5]?[0-9](?![0-9])", "{week}"),
)
_LONGEST = 300  # to look for periods in longer headers takes seconds
_SHORT_YEAR = re.compile(r"(?<=\{month\})([ '’-]?)[0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Family:
    """Columns that differ only in their period; `first` and `last` are headers, by the period."""

    pattern: str
    count: int
    first: str
    last: str


def families(names: Sequence[str]) -> tuple[Family, ...]:
    """The families of two or more columns, in the order in which they begin."""
    members: dict[str, list[str]] = {}
    for name in map(one_space, names):
        if "{" not in name and "}" not in name and (pattern := _generalised(name)):
            members.setdefault(pattern, []).append(name)
    found = map(_family, members.keys(), members.values())
    return tuple(family for family in found if family and family.count > 1)


def _generalised(name: str) -> str:
    """The header with placeholders for its period; empty: it names none."""
    text = name if len(name) <= _LONGEST else ""
    for expression, place in _PERIODS:
        text = re.sub(expression, place or _two_part, text, flags=re.IGNORECASE)
    if "{year}" not in text:
        text = _SHORT_YEAR.sub(r"\1{yy}", text)
    return text if "{year}" in text or "{yy}" in text else ""


def _two_part(found: re.Match[str]) -> str:
    """2016-09 is a month, 2016/17 and 2016-17 are years that begin in one and end in the next."""
    text = found[0]
    if int(text[5:]) == (int(text[2:4]) + 1) % 100 and int(text[5:]) > 12:
        return f"{{year}}{text[4]}{{yy}}"
    return f"{{year}}{text[4]}{{month_number}}" if 1 <= int(text[5:]) <= 12 else text


def _family(text: str, headers: list[str]) -> Family | None:
    try:
        pattern = Pattern(text)
        days = sorted((day, name) for name in headers if (day := pattern.match(name)))
    except PeriodRefused:
        return None
    return Family(text, len(days), days[0][1], days[-1][1]) if days else None


def fits(pattern: Pattern, name: str) -> bool:
    """Whether the header is one of the family."""
    try:
        return pattern.match(name) is not None
    except PeriodRefused:
        return False
