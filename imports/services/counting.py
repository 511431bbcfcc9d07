"""Refusals on their way, counted for the outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from imports.kinds import Refusals


class CountedRefusals:
    """Passes refusals on and counts them by series ("" for the record itself) and reason."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._counts: dict[str, Counter[str]] = {}

    def add(self, *, line: int, column: str, raw: str, reason: str, series: str = "") -> None:
        """Refuse one value (or with an empty column the whole record)."""
        self.count(series, reason, 1)
        self._refusals.add(line=line, column=column, raw=raw, reason=reason, series=series)

    def add_many(self, rows: Iterable[Sequence[object]]) -> None:
        """Refuse many: (line, column, series, raw, reason) each."""
        kept = list(rows)
        for row in kept:
            self.count(str(row[2]), str(row[4]), 1)
        self._refusals.add_many(kept)

    def count(self, series: str, reason: str, number: int) -> None:
        """Count refusals that go another way."""
        self._counts.setdefault(series, Counter())[reason] += number

    def of(self, series: str) -> Mapping[str, int]:
        """How many values of a series were refused, by reason, the most frequent first."""
        return dict(self._counts.get(series, Counter()).most_common())

    def series(self) -> set[str]:
        """The series of which something was refused."""
        return set(self._counts)
