"""Reading that stops before one element of a document fills the memory."""

from __future__ import annotations

from typing import IO

from imports.rules.reasons import FileRefused

_BETWEEN_ELEMENTS = 4_000_000


class Watched:
    """A part that is read in pieces. Whoever reads says when an element has ended; where none ends
    for long, one element would fill the memory.
    """

    def __init__(self, part: IO[bytes], look: int = 0) -> None:
        self._part = part
        self._since = 0
        self._look = look
        self._read = 0

    @property
    def is_enough(self) -> bool:
        """Whether a look, which is short, has seen what it may."""
        return 0 < self._look <= self._read

    def read(self, size: int = -1) -> bytes:
        piece = self._part.read(size)
        self._since += len(piece)
        self._read += len(piece)
        if self._since > _BETWEEN_ELEMENTS:
            raise FileRefused("A cell of the workbook is too long.")
        return piece

    def ended(self) -> None:
        self._since = 0
