"""What a file beside a request may be: by its name, its first bytes, and what holds it together.

Nothing is taken for what its name says alone. A file that is two things at once (an image with an
archive behind it, a document with a page before it) is neither.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from intake.rules.archives import check_document

LONGEST_NAME = 120
WORDS = "a picture (PNG or JPG), a PDF, a text, CSV, Excel or Word file"
PNG = b"\x89PNG\r\n\x1a\n"
END_OF_ARCHIVE = b"PK\x05\x06"
# What a browser may take for a page or a drawing, whatever it is called.
_PAGE = re.compile(rb"<\s*(?:!doctype|!--|html|head|body|script|svg|\?xml|iframe|img|math)", re.I)
SNIFFED = 1024
TAIL = 65_600  # as far back as a reader of archives looks for their end
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class FileRefused(Exception):
    """Why a file is not taken, in words for whoever sent it."""


def clean_name(name: str) -> str:
    """The name without folders, as long as fits, with its ending.

    Raises:
        FileRefused: there is none, or it holds characters that no file has.
    """
    if any(ord(one) < 32 or ord(one) == 127 for one in name):
        raise FileRefused("The file's name holds characters that can't be kept. Rename it.")
    last = PurePosixPath(name.replace("\\", "/")).name.strip()
    path = PurePosixPath(last)
    if not path.stem.strip(". ") or not path.suffix:
        raise FileRefused(f"The file has no name with an ending. Choose {WORDS}.")
    room = LONGEST_NAME - len(path.suffix)
    if room < 1:
        raise FileRefused("The file's name is too long. Rename it.")
    return f"{path.stem[:room]}{path.suffix}"


def kind_of(name: str, data: bytes) -> str:
    """What the file is, by the ending of its (clean) name: “png”, “pdf” …

    Raises:
        FileRefused: it is none of what is taken, or not what its name says.
    """
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    kind = "jpg" if suffix == "jpeg" else suffix
    if kind not in _CHECKS:
        raise FileRefused(f"Files of this kind are not taken. Choose {WORDS}.")
    if not data:
        raise FileRefused("The file is empty.")
    if not _CHECKS[kind](data):
        raise FileRefused(
            f"The file is not what its name says, or it is damaged. Choose {WORDS},"
            " saved by the program that made it."
        )
    return kind


def _is_png(data: bytes) -> bool:
    """Chunk after chunk, from the header to the end, and nothing behind it."""
    place = len(PNG)
    if not data.startswith(PNG) or data[12:16] != b"IHDR":
        return False
    while place + 12 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        name = data[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            return place == len(data) and not _hides_something(data)
    return False


def _is_jpg(data: bytes) -> bool:
    is_whole = data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9")
    return is_whole and not _hides_something(data)


def _is_pdf(data: bytes) -> bool:
    """The end mark stands last, but for a line break."""
    is_whole = data.startswith(b"%PDF-") and data.rstrip(b"\r\n \t\0").endswith(b"%%EOF")
    return is_whole and not _hides_something(data)


def _hides_something(data: bytes) -> bool:
    """An archive at the end, or a page at the beginning."""
    return END_OF_ARCHIVE in data[-TAIL:] or _PAGE.search(data[:SNIFFED]) is not None


def _is_text(data: bytes) -> bool:
    """Text in UTF-8, UTF-16 with a mark or Latin letters; no page and no program."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            return False
    if data.startswith((b"%PDF", b"PK\x03\x04", b"MZ", b"#!", b"GIF8", b"{\\rtf")):
        return False
    return not _CONTROL.search(data) and not _PAGE.search(data[:SNIFFED])


def _is_docx(data: bytes) -> bool:
    return check_document(data, "word/document.xml")


def _is_xlsx(data: bytes) -> bool:
    return check_document(data, "xl/workbook.xml")


_CHECKS: Mapping[str, Callable[[bytes], bool]] = {
    "png": _is_png,
    "jpg": _is_jpg,
    "pdf": _is_pdf,
    "txt": _is_text,
    "csv": _is_text,
    "docx": _is_docx,
    "xlsx": _is_xlsx,
}
ACCEPT = ",".join(f".{suffix}" for suffix in (*_CHECKS, "jpeg"))
CONTENT_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
