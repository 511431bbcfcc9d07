"""Headers that name a period: "Total transactions {month} - {month} {year}" (docs/mappings.md).

A period is told by its last day. Nothing here knows a time zone: headers name days.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from imports.rules.periods import MONTH_NAMES, MONTHS, Years, last_day

__all__ = ["MONTHS", "PLACES", "Pattern", "PatternRefused", "PeriodRefused", "one_space", "same"]

_MONTH = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_PLACES = {
    "year": "[0-9]{4}",
    "yy": "[0-9]{2}",
    "month": rf"(?:{_MONTH})\.?",
    "month_number": "[0-9]{1,2}",
    "quarter": "[1-4]",
    "half": "[12]",
    "week": "[0-9]{1,2}",
    "day": "[0-9]{1,2}",
}
PLACES = tuple(_PLACES)
"""The names that may stand between braces."""
_PIECES = re.compile(r"\{([^{}]*)\}")


class PatternRefused(ValueError):
    """A header pattern that names no period; the message says why."""


class PeriodRefused(ValueError):
    """A header that fits a pattern, but names a period that does not exist."""


def one_space(text: str) -> str:
    """The header as it is compared and shown: every run of white space is one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same(text: str) -> str:
    """What two headers have in common that count as the same one: white space and case aside."""
    return one_space(text).casefold()


class Pattern:
    """A header with placeholders, which matches whole headers without case."""

    def __init__(self, text: str, *, year_starts: int = 1, year_named: str = "end") -> None:
        """
        Raises:
            PatternRefused: it names no period, or a placeholder that there is not.
        """
        self.text = one_space(text)
        self.years = Years(year_starts, year_named)
        self.places = tuple(_PIECES.findall(self.text))
        _check(self.text, self.places, self.years)
        self._expression = re.compile(_expression(self.text), re.IGNORECASE)

    def match(self, header: str) -> dt.date | None:
        """The last day of the period that `header` names; None: another header.

        Raises:
            PeriodRefused: it fits, and yet there is no such period ("31 February 2017").
        """
        found = self._expression.fullmatch(one_space(header))
        if found is None:
            return None
        # The last one named is the period's end: "Jul - Sep 2012", "2016/17".
        named = list(zip(self.places, found.groups(), strict=True))
        values, year = dict(named), _year(named)
        try:
            return last_day(year, values, self.years)
        except (ValueError, OverflowError) as error:
            raise PeriodRefused("There is no such period.") from error


def _check(text: str, places: tuple[str, ...], years: Years) -> None:
    for name in places:
        if name not in _PLACES:
            raise PatternRefused(f"There is no placeholder {{{name}}}. There are {_listed()}.")
    if set("{}") & set(_PIECES.sub("", text)):
        raise PatternRefused("A brace is opened or closed alone.")
    if not {"year", "yy"} & set(places):
        raise PatternRefused("It names no year: put {year} where the header has it.")
    if "day" in places and not {"month", "month_number"} & set(places):
        raise PatternRefused("It names a day without its month.")
    if "week" in places and years.first_month != 1:
        raise PatternRefused("Weeks are those of calendar years.")


def _listed() -> str:
    return ", ".join(f"{{{name}}}" for name in PLACES)


def _expression(text: str) -> str:
    """The regular expression: literal text, and a group for each placeholder."""
    pieces = _PIECES.split(text)
    out = [re.escape(pieces[0])]
    for place, name in enumerate(pieces[1::2], 1):
        before, after = pieces[2 * place - 2], pieces[2 * place]
        # Digits that touch digits have a fixed width, else "11112017" could be read two ways.
        touches = (place > 1 and not before) or (not after and 2 * place + 1 < len(pieces))
        out.append(f"({_PLACES[name].replace('{1,2}', '{2}') if touches else _PLACES[name]})")
        out.append(re.escape(after))
    return "".join(out)


def _year(values: list[tuple[str, str]]) -> int:
    """The year named last; two digits are of this century."""
    name, text = [(name, text) for name, text in values if name in ("year", "yy")][-1]
    return int(text) + (2000 if name == "yy" else 0)
