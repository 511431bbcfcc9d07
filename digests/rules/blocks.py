"""What a mail says about one product, before it is text or HTML: both are drawn from the same
words, so that no number is in one of them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from digests.rules.words import count

ASK, DISAGREE = "Ask", "Disagree"
DISAGREEING = "?how=disagree"
MUST, PINNED, FIRST, SECOND, THIRD, LAST = range(6)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a list. `lead`: what it is, in bold before it; `detail`: a smaller one after
    it. `ask_url`: where one asks about it or, with `DISAGREEING`, disagrees. `rank`: who goes first
    where there is little room; MUST stays whatever there is.
    """

    words: str
    lead: str = ""
    detail: str = ""
    url: str = ""
    ask_url: str = ""
    rank: int = SECOND

    @property
    def size(self) -> int:
        """Words to be read, with those of its link."""
        asked = count(ASK) + count(DISAGREE) if self.ask_url else 0
        return count(self.lead) + count(self.words) + count(self.detail) + asked


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; without one they stand alone."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows; the first cell of a row is its heading. It goes in with as many rows as
    have room, and not at all with less than `fewest`.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rank: int = THIRD
    fewest: int = 1

    @property
    def frame(self) -> int:
        """Words beside those of the rows."""
        return count(self.title) + sum(count(cell) for cell in self.head)


@dataclass(frozen=True, slots=True)
class Standing:
    """The status: a key, its word, and what belongs to it in a sentence."""

    key: str
    word: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """All about one product. `note`: the product manager's words, `by` their name. `left`: how many
    lines had no room.
    """

    title: str
    url: str
    standing: Standing | None = None
    note: str = ""
    by: str = ""
    sections: Sequence[Section | Table] = field(default_factory=tuple)
    left: int = 0
