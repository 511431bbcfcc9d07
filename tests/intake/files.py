"""Files that people send, honest ones and others, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

TYPES = b'<?xml version="1.0"?><Types/>'


def text(data: bytes) -> io.BytesIO:
    """As an upload arrives."""
    return io.BytesIO(data)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*, before_end: bytes = b"") -> bytes:
    """A picture of one pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\1\2\3")
    parts = chunk(b"IHDR", header), chunk(b"IDAT", pixel), before_end, chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpg() -> bytes:
    """The frame of one; nobody here looks at the picture."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\x11" * 64 + b"\xff\xd9"


def pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def archive(members: Mapping[str, bytes], *, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.comment = comment
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def document(main: str = "word/document.xml", **more: bytes) -> bytes:
    """An Office document with its main part."""
    return archive({"[Content_Types].xml": TYPES, main: b"<w/>", **more})


def sheet(**more: bytes) -> bytes:
    return document("xl/workbook.xml", **more)


def bomb() -> bytes:
    """A document of 60 MB of spaces in 60 kB."""
    return document(**{"word/media.xml": b" " * 60_000_000})
