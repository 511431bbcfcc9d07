"""From the text of a cell to what it says; each bad one refused with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.forms import clean_text
from imports.rules.cells import read_number
from imports.rules.days import read_day
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.reasons import NOT_A_DAY, CellRefused
from personas.enums import GoalKind
from personas.rules.bounds import DAYS_AHEAD, FIRST_DAY, MOST_MINUTES, MOST_PEOPLE, MOST_TIMES
from personas.rules.files import PEOPLE

LONGEST = {"persona": 80, "tagline": 200, "champion": 254, "pains": 2000, "critical_moment": 1000,
           "world_without": 1000, "department": 120, "goal": 40, "when": 300, "want": 300,
           "so_that": 300, "task": 200, "product": 200, "source": 300}  # fmt: skip
OF_MANY_LINES = ("pains", "critical_moment", "world_without")
WHOLE = {"rhythm": 100, "people": MOST_PEOPLE, "fit": 4}
AMOUNTS = {"minutes": MOST_MINUTES, "times_a_month": MOST_TIMES}
YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
LONGEST_EVIDENCE = {"evidence": 500, "fit": 1000}


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads cells as the mapping writes them; days up to `today`, head-counts beyond it."""

    mapping: FileMapping
    today: dt.date

    def read(self, record: str, key: str, text: str) -> Any:
        """What a cell that is not empty says.

        Raises:
            CellRefused: it can't be that; the reason says why.
        """
        if key == "evidence":
            return self._text(key, text, LONGEST_EVIDENCE[record])
        if key == "day":
            return self._day(record, text)
        if key in LONGEST:
            return self._text(key, text, LONGEST[key])
        return _READERS[key](self, key, text)

    def _text(self, key: str, text: str, longest: int) -> str:
        cleaned = clean_text(text, keep_lines=key in OF_MANY_LINES or longest == 1000)
        if not cleaned:
            raise CellRefused("There is nothing to read here.")
        if len(cleaned) > longest:
            raise CellRefused(f"This is longer than {longest:,} characters.")
        return cleaned

    def _day(self, record: str, text: str) -> dt.date:
        day = read_day(text, self.mapping.dates)
        if day is None:
            raise CellRefused(NOT_A_DAY)
        last = self.today + DAYS_AHEAD if record == PEOPLE else self.today
        if not FIRST_DAY <= day <= last:
            raise CellRefused(f"This is not a day from {FIRST_DAY} to {last}.")
        return day

    def _number(self, text: str) -> float:
        number = read_number(text, self.mapping.numbers)
        if number is None:
            raise CellRefused("There is nothing to read here.")
        return number

    def whole(self, key: str, text: str) -> int:
        """A whole number from 0 on."""
        number = self._number(text)
        if number != int(number) or not 0 <= number <= WHOLE[key]:
            raise CellRefused(f"This is not a whole number from 0 to {WHOLE[key]:,}.")
        return int(number)

    def amount(self, key: str, text: str) -> float:
        """A number above 0."""
        number = self._number(text)
        if not 0 < number <= AMOUNTS[key]:
            raise CellRefused(f"This is not a number above 0, up to {AMOUNTS[key]:,}.")
        return number

    def kind(self, key: str, text: str) -> str:
        """A kind of goal, by its key or its label."""
        wanted = clean_text(text).casefold()
        for value, label in GoalKind.choices:
            if wanted in {value, label.casefold(), label.partition(":")[0].casefold()}:
                return str(value)
        raise CellRefused(f"This is none of: {', '.join(GoalKind.values)}.")

    def yes_or_no(self, key: str, text: str) -> bool:
        """Planned or not."""
        try:
            return YES_OR_NO[clean_text(text).casefold()]
        except KeyError:
            raise CellRefused("Write yes or no.") from None


_READERS: Mapping[str, Callable[[CellReader, str, str], Any]] = {
    **dict.fromkeys(WHOLE, CellReader.whole),
    **dict.fromkeys(AMOUNTS, CellReader.amount),
    "kind": CellReader.kind,
    "is_planned": CellReader.yes_or_no,
}
