"""One section of a mapping, read key by key; each mistake is a sentence that names its place."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from imports.rules.headers import one_space

LONGEST_TEXT = 1_000
_HIDDEN = ("Cc", "Cs")


class Section:
    """A table of a TOML document. What is read is ticked off; what is left over is a mistake."""

    def __init__(self, path: str, table: dict[str, Any], problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self._table = dict(table)
        self._keys = set(table)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._table))

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def holds_table(self, key: str) -> bool:
        return isinstance(self._table.get(key), dict)

    def take(self, key: str) -> Any:
        """The value as it stands, ticked off; None: there is none."""
        self._keys.discard(key)
        return self._table.get(key)

    def problem(self, key: str, sentence: str) -> None:
        """Note what is wrong with a key."""
        where = f"{self.path} {key}".strip()
        self.problems.append(f"{where}: {sentence}")

    def refuse_the_rest(self) -> None:
        """Note every key that nobody asked for."""
        for key in sorted(self._keys):
            self.problem(shown(key), "There is no such key here.")

    def text(self, key: str, default: str = "", *, longest: int = LONGEST_TEXT) -> str:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.problem(key, "Write a text between quotation marks.")
        elif any(unicodedata.category(sign) in _HIDDEN and sign not in "\n\r\t" for sign in value):
            self.problem(key, "It holds a character that can't be shown.")
        elif len(value) > longest:
            self.problem(key, f"It is longer than {longest:,} characters.")
        else:
            return value
        return default

    def header(self, key: str) -> str:
        """A header, or a pattern of headers: white space is one space."""
        return one_space(self.text(key))

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return default
        good = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
        if not good or len(value) > 20 or any(len(text) > 40 for text in value):
            self.problem(key, 'Write a list of up to 20 short texts, like ["-", "n/a"].')
            return default
        return tuple(text.strip() for text in value)

    def choice(
        self, key: str, choices: Sequence[str], default: str = "", *, is_required: bool = False
    ) -> str:
        value = self.take(key)
        if value is None and not (is_required and not default):
            return default
        if not isinstance(value, str) or value not in choices:
            known = ", ".join(shown(choice, '"') for choice in choices)
            self.problem(key, f"Write one of {known}.")
            return default
        return value

    def whole(self, key: str, smallest: int, largest: int, default: int) -> int:
        value = self.take(key)
        if value is None:
            return default
        if type(value) is not int or not smallest <= value <= largest:
            self.problem(key, f"Write a whole number from {smallest} to {largest}.")
            return default
        return value

    def number(self, key: str, default: float) -> float:
        """A number other than 0."""
        value = self.take(key)
        if value is None:
            return default
        if type(value) not in (int, float) or not _is_small(value) or not value:
            self.problem(key, "Write a number other than 0.")
            return default
        return float(value)

    def scalar(self, key: str) -> Any:
        """A text, a number, a day or yes/no, for whoever knows what it is to mean."""
        value = self._table.get(key)
        if isinstance(value, str):
            return self.text(key)
        self.take(key)
        if isinstance(value, int | float) and not _is_small(value):
            self.problem(key, "This number is too large.")
        elif not isinstance(value, int | float) and type(value) is not dt.date:
            self.problem(key, "Write a text, a number or a day.")
        else:
            return value
        return None

    def section(self, key: str) -> Section:
        """The table below `key`, empty where there is none."""
        value = self.take(key)
        path = f"{self.path[:-1]}.{shown(key)}]" if self.path.endswith("]") else f"[{shown(key)}]"
        if value is not None and not isinstance(value, dict):
            self.problem(key, "This is a section, not a value.")
            value = None
        return Section(path, value or {}, self.problems)

    def sections(self, key: str) -> list[Section]:
        """The tables of a list of them (`[[key]]`)."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self.problem(key, f"Write it as [[{key}]].")
            return []
        return [
            Section(f"[[{key}]] {place}", table, self.problems)
            for place, table in enumerate(value, 1)
        ]


def shown(text: str, quote: str = "") -> str:
    """A key or a choice as it may stand in a sentence, whatever it holds."""
    plain = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return f"{quote}{plain[:60]}{quote}"


def _is_small(value: float) -> bool:
    """Whether it fits a double."""
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
