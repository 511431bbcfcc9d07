"""In which encoding a text file is written, found by looking at all of its bytes once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imports.readers.pieces import CHUNK, line_ends, pieces
from imports.rules.reasons import FileRefused

CODECS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
}
"""Python's names of the encodings that a mapping may say."""
_MARKS = (
    (b"\xff\xfe\0\0", ""),
    (b"\0\0\xfe\xff", ""),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
FEW = 20
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f\0")


@dataclass(frozen=True, slots=True)
class Writing:
    """How a text file is written. `is_mixed`: some lines are UTF-8, others are not. `lines` counts
    line ends.
    """

    encoding: str
    lines: int
    is_mixed: bool = False

    @property
    def errors(self) -> str:
        """What Python does with bytes that are no text, so that they are found again."""
        return "replace" if self.encoding.startswith("utf-16") else "surrogateescape"

    def open(self, path: Path) -> io.TextIOWrapper:
        """The text, with its line ends as they are (LF, CRLF or CR)."""
        codec = CODECS[self.encoding]
        return path.open(encoding=codec, errors=self.errors, newline="", buffering=CHUNK)


def find_writing(path: Path, said: str, longest_line: int) -> Writing:
    """The encoding of a file: by its byte order mark, else UTF-8 where all of it (or most lines)
    fit, UTF-16 by its pattern of zeros, else Windows-1252. `said` is what the mapping says; a mark
    or clean UTF-8 know better.

    Raises:
        FileRefused: it is no text, or a line is far longer than one may be.
    """
    with path.open("rb") as file:
        begin = file.read(CHUNK)
    marked = _marked(begin) or _unmarked_utf_16(begin)
    _refuse_binary(begin, marked)
    if (marked or said).startswith("utf-16"):
        encoding = marked or CODECS[said]
        return Writing(encoding, _count_ends(path, encoding))
    return _by_bytes(path, marked or said, 4 * longest_line)


def _marked(begin: bytes) -> str:
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            if not encoding:
                raise FileRefused("The file is written in UTF-32. Save it as UTF-8.")
            return encoding
    return ""


def _unmarked_utf_16(begin: bytes) -> str:
    """Most characters of any header are Latin, so that every second byte is zero."""
    half = len(begin) // 2
    even, odd = begin[0::2].count(0), begin[1::2].count(0)
    if half and min(even, odd) < 0.05 * half:
        if odd > 0.4 * half:
            return "utf-16-le"
        if even > 0.4 * half:
            return "utf-16-be"
    return ""


def _refuse_binary(begin: bytes, encoding: str) -> None:
    if encoding.startswith("utf-16"):
        return
    controls = len(begin) - len(begin.translate(None, _CONTROL))
    if controls > 0.02 * len(begin) or begin.count(0) > 0.3 * len(begin):
        raise FileRefused("This is no table: the file holds other things than text.")


def _by_bytes(path: Path, said: str, longest_line: int) -> Writing:
    """UTF-8 or Windows-1252, by how many lines fit which."""
    ends = fit = unfit = length = 0
    for piece in pieces(path):
        found = line_ends(piece)
        ends, length = ends + found, 0 if found else length + len(piece)
        if length > longest_line:
            raise FileRefused(f"Line {ends + 1:,} is endless: this is no table.")
        if not piece.isascii():
            good, bad = _fitting(piece)
            fit, unfit = fit + good, unfit + bad
    is_utf_8 = fit >= unfit
    if said and (unfit or not fit):  # clean UTF-8 that is not plain ASCII is never anything else
        is_utf_8 = said == "utf-8"
    return Writing("utf-8" if is_utf_8 else "windows-1252", ends, is_mixed=bool(fit and unfit))


def _fitting(piece: bytes) -> tuple[int, int]:
    """(lines that are UTF-8 beyond ASCII, lines that are not UTF-8), the first only about."""
    try:
        piece.decode()
    except UnicodeDecodeError:
        fits = [_is_utf_8(line) for line in _beyond_ascii(piece)]
        return sum(fits), len(fits) - sum(fits)
    return max(1, line_ends(piece)), 0


def _beyond_ascii(piece: bytes) -> Iterator[bytes]:
    """The lines with bytes beyond ASCII. Where they are few, the others are not even cut."""
    rest = piece
    for _ in range(FEW):
        place = _first_beyond(rest)
        if place < 0:
            return
        ends = (rest.find(end, place) for end in (b"\n", b"\r"))
        end = min((at for at in ends if at >= 0), default=len(rest))
        begin = max(rest.rfind(b"\n", 0, place), rest.rfind(b"\r", 0, place)) + 1
        yield rest[begin:end]
        rest = rest[end:]
    yield from (line for line in rest.splitlines() if not line.isascii())


def _first_beyond(text: bytes) -> int:
    """Where the first byte beyond ASCII stands, or -1."""
    try:
        text.decode("ascii")
    except UnicodeDecodeError as error:
        return error.start
    return -1


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _count_ends(path: Path, encoding: str) -> int:
    with Writing(encoding, 0).open(path) as file:
        return sum(
            text.count("\n") or text.count("\r") for text in iter(lambda: file.read(CHUNK), "")
        )
