"""A workbook's archive, opened only where unpacking it can't hurt (security.md S16)."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from imports.readers.limits import Limits
from imports.rules.reasons import FileRefused

DAMAGED = "The workbook is damaged and can't be read. Open it in a spreadsheet and save it again."
TOO_LARGE = "The workbook is too large when unpacked."
_LARGEST_PART = 8_000_000
_SMALL = 10_000_000
_MOST_ENTRIES = 5_000
_LARGEST_DIRECTORY = 2_000_000
_END = b"PK\x05\x06"
_OTHERS = {
    "xl/workbook.bin": "This is a binary workbook (.xlsb). Save it as .xlsx or CSV.",
    "mimetype": "This is an OpenDocument file. Save it as .xlsx or CSV.",
    "word/document.xml": "This is a Word document, not a table.",
    "ppt/presentation.xml": "This is a presentation, not a table.",
}


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive of a workbook.

    Raises:
        FileRefused: it is damaged, holds no workbook, or would unpack to more than the limits.
    """
    _check_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise FileRefused(DAMAGED) from error
    try:
        _check_entries(archive, path.stat().st_size, limits)
    except FileRefused:
        archive.close()
        raise
    return archive


def _check_directory(path: Path) -> None:
    """The list of what is inside is read whole, so that it must be short."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise FileRefused(DAMAGED)
    entries, directory = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries > _MOST_ENTRIES or directory > _LARGEST_DIRECTORY:
        raise FileRefused("The workbook holds too many parts.")


def _check_entries(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    names = set(archive.namelist())
    for name, sentence in _OTHERS.items():
        if name in names:
            raise FileRefused(sentence)
    if "[Content_Types].xml" not in names:
        raise FileRefused("This is a ZIP archive without a workbook. Unpack it first.")
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("The workbook is protected by a password.")
    if any(entry.compress_type not in (0, zipfile.ZIP_DEFLATED) for entry in entries):
        raise FileRefused(DAMAGED)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or unpacked > max(_SMALL, limits.ratio * size):
        raise FileRefused(TOO_LARGE)


def whole_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part (structure, styles), all of it.

    Raises:
        FileRefused: it is not small.
        KeyError: there is none.
    """
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise FileRefused(TOO_LARGE)
    return archive.read(name)
