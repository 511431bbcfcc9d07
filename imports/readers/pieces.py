"""A file read in pieces of whole lines and whole characters, to look at all of its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 18


def pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line, or are as long as a piece may be."""
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(CHUNK):
            cut = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            yield rest + chunk[:cut] if cut else b""
            rest = chunk[cut:] if cut else rest + chunk
            if len(rest) > CHUNK * 8:
                whole = _whole_characters(rest)
                yield rest[:whole]
                rest = rest[whole:]
        yield rest


def _whole_characters(piece: bytes) -> int:
    """Where the last character of a piece begins, if it is UTF-8."""
    for place in range(len(piece) - 1, max(len(piece) - 5, 0), -1):
        if piece[place] & 0xC0 != 0x80:
            return place
    return len(piece)


def line_ends(piece: bytes) -> int:
    """How many physical lines end here."""
    return piece.count(b"\n") or piece.count(b"\r")
