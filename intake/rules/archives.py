"""Whether an archive is the document that it claims to be, without unpacking it."""

from __future__ import annotations

import io
import struct
import zipfile

MOST_MEMBERS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_TIMES_SMALLER = 200
SMALL = 1024 * 1024  # below it nobody minds how well something packs
END_LENGTH = 22
ENCRYPTED = 0x1
PROGRAMS = ("vbaproject.bin", "vbadata.xml", ".exe", ".js", ".vbs", ".bat", ".cmd", ".ps1")


def check_document(data: bytes, main: str) -> bool:
    """Whether `data` is an Office document with the part `main`: one archive from its first byte to
    its last, which unpacks to a sensible size, without passwords, programs or ways out of itself.
    """
    if not data.startswith(b"PK\x03\x04") or not _ends_with_its_end(data):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return False
    names = [member.filename for member in members]
    return (
        {"[Content_Types].xml", main} <= set(names)
        and len(names) == len(set(names)) <= MOST_MEMBERS
        and not any(_leads_out(name) or _is_program(name) for name in names)
        and not any(member.flag_bits & ENCRYPTED for member in members)
        and not _is_bomb(members)
    )


def _ends_with_its_end(data: bytes) -> bool:
    """The archive's end stands at the very end, with no comment behind it."""
    end = data[-END_LENGTH:]
    return end.startswith(b"PK\x05\x06") and end.endswith(b"\0\0")


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name


def _is_program(name: str) -> bool:
    return name.casefold().endswith(PROGRAMS)


def _is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    """By what the directory says: nobody here unpacks it."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    return unpacked > MOST_UNPACKED or unpacked > max(SMALL, packed * MOST_TIMES_SMALLER)
