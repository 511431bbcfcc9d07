"""How large a file may be. What is larger is refused before it costs memory or minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`bytes` of the file, `rows` and `columns` of its table, characters of a `cell` and of a
    physical `line`; for workbooks the bytes that it is `unpacked` to (of them `texts` for the
    texts that its cells share, which are held in memory), and how many times the file itself that
    may be (`ratio`). `look`: so many bytes of a sheet, and of its shared texts, are read and no
    more, where a person waits for its beginning; 0: all.
    """

    bytes: int = 200_000_000
    rows: int = 5_000_000
    columns: int = 2_000
    cell: int = 32_768
    line: int = 16_000_000
    unpacked: int = 500_000_000
    texts: int = 32_000_000
    ratio: int = 200
    look: int = 0


_usual = Limits()


def usual() -> Limits:
    """The limits of this installation."""
    return _usual


def set_usual(limits: Limits) -> None:
    """What the settings say, told once when the application starts."""
    global _usual  # noqa: PLW0603 - a reader knows no settings; the app tells them here
    _usual = limits
