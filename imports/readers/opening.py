"""From a file to its table: what it is, told by its content and never by its name."""

from __future__ import annotations

from pathlib import Path

from imports.readers.delimited import DelimitedTable
from imports.readers.limits import Limits, usual
from imports.readers.records import Table
from imports.readers.workbook import WorkbookTable
from imports.rules.mapping import FileFormat
from imports.rules.reasons import FileRefused

_SAVE = "Save it as .xlsx or CSV."
_OLD_WORKBOOK = f"This is an old (.xls) or a protected Excel workbook. {_SAVE}"
_IMAGE = "This is a picture, not a table."
_PACKED = "This is a compressed archive. Unpack it first."
_PROGRAM = "This is a program, not a table."
_PAGE = f"This is a web page or an XML file, not a table. {_SAVE}"
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_WORKBOOK),
    (b"\x09\x08", _OLD_WORKBOOK),
    (b"%PDF", "This is a PDF, not a table."),
    (b"{\\rtf", "This is a text document, not a table."),
    *((magic, _IMAGE) for magic in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")),
    *((magic, _IMAGE) for magic in (b"RIFF", b"BM\x00", b"\0\0\1\0", b"8BPS")),
    *((magic, _PACKED) for magic in (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!")),
    *((magic, _PACKED) for magic in (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")),
    *((magic, _PROGRAM) for magic in (b"MZ\x90", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe")),
    (b"SQLite format 3", "This is a database, not a table."),
    (b"PAR1", f"This is a Parquet file. {_SAVE}"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<head", b"<table", b"<script", b"<workbook")
_JSON = (b'{"', b"[{", b'["', b"[[", b"{\n", b"[\n", b"{\r\n", b"[\r\n")


def open_table(path: Path, file: FileFormat | None = None, limits: Limits | None = None) -> Table:
    """The table that a file holds: a workbook or delimited text. `file` is what the mapping says of
    it, `limits` are the installation's if none are given.

    Raises:
        FileRefused: it holds none that can be read, or is larger than the limits.
    """
    file, limits = file or FileFormat(), limits or usual()
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("The file is empty.")
    if size > limits.bytes:
        raise FileRefused(
            f"The file has {size / 1e6:,.0f} MB; {limits.bytes / 1e6:,.0f} MB can be read."
        )
    with path.open("rb") as opened:
        begin = opened.read(1024)
    if begin.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return WorkbookTable(path, file, limits)
    _refuse_others(begin)
    return DelimitedTable(path, file, limits)


def _refuse_others(begin: bytes) -> None:
    for magic, sentence in _MAGIC:
        if begin.startswith(magic):
            raise FileRefused(sentence)
    text = begin.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if text.lower().startswith(_MARKUP):
        raise FileRefused(_PAGE)
    if text.startswith(_JSON):
        raise FileRefused(f"This is JSON, not a table. {_SAVE}")
