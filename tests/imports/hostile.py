"""Files made to hurt whoever opens them: bombs, liars, and things that are no table at all.

Each is written by a function into a folder; `FILES` says which words the refusal must hold, or
how many records are still read.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.imports.workbooks import MAIN, PARTS, ROW, TITLE, by_hand, sheet, written

MEGABYTE = 1_000_000
DTD = '<!DOCTYPE x [<!ENTITY a "lol">{}]>'
LAUGHS = DTD.format(
    "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def content(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def parts(**changes: str | bytes) -> Callable[[Path], object]:
    return lambda path: by_hand(path, **changes)


def zipped(packing: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def endless_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n1,")
        for _ in range(150):
            file.write(b"x" * MEGABYTE)


def larger_than_allowed(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        file.truncate(1_000 * MEGABYTE)


def bomb(megabytes: int) -> Callable[[Path], None]:
    """A sheet of spaces that packs a thousandfold."""

    def write(path: Path) -> None:
        begin, end = sheet(TITLE + "|").split("|")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in PARTS.items():
                if text:
                    archive.writestr(name, text)
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
                part.write(begin.encode())
                for _ in range(megabytes):
                    part.write(b" " * MEGABYTE)
                part.write(end.encode())

    return write


def liar(path: Path) -> None:
    """A bomb whose directory says that it is small."""
    bomb(60)(path)
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\1\2")
    struct.pack_into("<I", data, place + 24, 1000)
    path.write_bytes(data)


def overlapping(path: Path) -> None:
    """Many names for the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = packed.compress(b"x" * 20 * MEGABYTE) + packed.flush()
    name = b"[Content_Types].xml"
    fields = (20, 0, 8, 0, 0, 0, len(raw), 20 * MEGABYTE, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name + raw
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, 0, 0, 0, 0, 0) + name
    directory = entry * 500
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 500, 500, len(directory), len(local), 0)
    path.write_bytes(local + directory + end)


def crowded(path: Path) -> None:
    """An archive of very many parts."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(6_000):
            archive.writestr(str(number), b"")


def locked(path: Path) -> None:
    by_hand(path)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    written(path, [["Name"], *[[f"row {n}"] for n in range(500)]])
    path.write_bytes(path.read_bytes()[:-400])


def torn(path: Path) -> None:
    """A workbook with a few wrong bytes in its sheet."""
    by_hand(path, sheet1=sheet(TITLE + ROW * 2_000))
    data = bytearray(path.read_bytes())
    place = data.find(b"sheet1.xml") + 30
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)


def cells(count: int) -> str:
    return "<row>" + '<c t="s"><v>0</v></c>' * count + "</row>"


def _image(magic: bytes) -> bytes:
    return magic + bytes(range(256)) * 4


FILES: dict[str, tuple[Callable[[Path], object], str | int]] = {
    # No tables
    "old.xls": (content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "old (.xls)"),
    "page.csv": (content(b"\n<!DOCTYPE html><table><tr><td>1"), "web page"),
    "markup.xlsx": (content(b"<?xml version='1.0'?><Workbook/>"), "web page"),
    "picture.svg.csv": (content(b"\xef\xbb\xbf<svg onload='x'>"), "web page"),
    "wide-page.csv": (content("\ufeff<html>".encode("utf-16-le")), "web page"),
    "paper.csv": (content(b"%PDF-1.7\na,b\n1,2\n"), "PDF"),
    "png.csv": (content(_image(b"\x89PNG\r\n\x1a\n")), "picture"),
    "jpeg.csv": (content(_image(b"\xff\xd8\xff\xe0")), "picture"),
    "gif.csv": (content(_image(b"GIF89a")), "picture"),
    "packed.csv": (content(gzip.compress(b"a,b\n1,2\n")), "compressed"),
    "program.csv": (content(b"\x7fELF\2\1\1" + bytes(90)), "program"),
    "script.csv": (content(b"#!/bin/sh\nrm -rf /\n"), "program"),
    "json.csv": (content(b'[{"a": 1}]'), "JSON"),
    "database.csv": (content(b"SQLite format 3\0" + bytes(90)), "database"),
    "noise.csv": (content(bytes((n * n * 31 + 7 * n) % 251 for n in range(50_000))), "no table"),
    "zeros.csv": (content(bytes(50_000)), "no table"),
    "utf-32.csv": (content("a,b\n1,2\n".encode("utf-32")), "UTF-32"),
    "rich.csv": (content(b"{\\rtf1 a,b}"), "text document"),
    # Text that is too much
    "endless.csv": (endless_line, "endless"),
    "large.csv": (larger_than_allowed, "1,000 MB"),
    "columns.csv": (content(b"a," * MEGABYTE + b"a\n1\n"), "1,000,001 columns"),
    "header.csv": (content(b"a" * 10 * MEGABYTE + b",b\n1,2\n"), "too long"),
    "cell.csv": (content(b"a,b\n1," + b"x" * 10 * MEGABYTE + b"\n3,4\n"), 2),
    "quoted.csv": (content(b'a,b\n1,"' + b"x" * 10 * MEGABYTE + b'"\n3,4\n'), 2),
    "open.csv": (content(b'a,b\n1,"' + b"x,y\n" * 100_000), 100_000),
    "commas.csv": (content(b"a,b\n" + b"," * 10 * MEGABYTE + b"\n1,2\n"), 1),
    "quotes.csv": (content(b"a,b\n" + b'"' * 5 * MEGABYTE + b"\n1,2\n"), 2),
    "pairs.csv": (content(b"a,b\n" + b'"\n' * 50_000 + b"1,2\n"), "any"),
    "returns.csv": (content(b"a,b\n1,2" + b"\r" * MEGABYTE + b"3,4"), 2),
    "blank.csv": (content(b"a,b\n" + b"\n" * 20 * MEGABYTE + b"1,2\n"), "rows"),
    "polyglot.csv": (content(b"a,b\n1,2\n" + zipped(x=b"y" * 500)), "any"),
    # Archives
    "plain.zip.csv": (content(zipped(table=b"a,b\n1,2\n")), "ZIP archive"),
    "nested.xlsx": (content(zipped(inner=zipped(inner=zipped(a=b"0" * MEGABYTE)))), "ZIP archive"),
    "writer.xlsx": (content(zipped(mimetype=b"application/vnd.oasis")), "OpenDocument"),
    "binary.xlsx": (content(zipped(**{"xl/workbook.bin": b""})), ".xlsb"),
    "letter.xlsx": (content(zipped(**{"word/document.xml": b""})), "Word"),
    "bomb.xlsx": (bomb(200), "too large"),
    "small-bomb.xlsx": (bomb(60), "too large"),
    "liar.xlsx": (liar, "damaged"),
    "overlapping.xlsx": (overlapping, "too large"),
    "crowded.xlsx": (crowded, "too many parts"),
    "locked.xlsx": (locked, "password"),
    "short.xlsx": (cut_short, "damaged"),
    "torn.xlsx": (torn, "damaged"),
    "empty.xlsx": (content(b"PK\5\6" + bytes(18)), "ZIP archive"),
    "slow.xlsx": (
        content(zipped(zipfile.ZIP_LZMA, **{"[Content_Types].xml": b"x"})),
        "damaged",
    ),
    "directory.xlsx": (
        content(b"PK\3\4" + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 46, 9999, 0)),
        "damaged",
    ),
    "large-part.xlsx": (
        parts(**{"xl/workbook.xml": f"<!--{random.Random(1).randbytes(5_000_000).hex()}-->"}),
        "too large",
    ),
    "begin.xlsx": (content(b"PK\3\4a,b\n1,2\n"), "damaged"),
    # What stands in a workbook
    "laughs.xlsx": (parts(sheet1=LAUGHS + sheet(TITLE + ROW)), "damaged"),
    "laughing-texts.xlsx": (
        parts(sharedStrings=LAUGHS + "<sst><si><t>&j;</t></si></sst>"),
        "damaged",
    ),
    "outside.xlsx": (parts(**{"xl/workbook.xml": OUTSIDE + PARTS["xl/workbook.xml"]}), "damaged"),
    "styles.xlsx": (
        parts(**{"xl/_rels/workbook.xml.rels": OUTSIDE + PARTS["xl/_rels/workbook.xml.rels"]}),
        "damaged",
    ),
    "cells.xlsx": (parts(sheet1=sheet(TITLE + cells(16_385))), 1),
    "many-cells.xlsx": (parts(sheet1=sheet(TITLE + cells(300_000))), "too many cells"),
    "long-text.xlsx": (
        parts(sheet1=sheet(TITLE + f"<row><c t='str'><v>{'x' * 5 * MEGABYTE}</v></c></row>")),
        "too long",
    ),
    "far-row.xlsx": (
        parts(sheet1=sheet(TITLE + ROW.replace("<row", '<row r="999999999"'))),
        "damaged",
    ),
    "far-column.xlsx": (
        parts(sheet1=sheet(TITLE + '<row><c r="ZZZ1"><v>1</v></c></row>')),
        "damaged",
    ),
    "far-size.xlsx": (
        parts(
            sheet1=sheet(TITLE + ROW).replace(
                "<sheetData", '<dimension ref="A1:XFD1048576"/><sheetData'
            )
        ),
        1,
    ),
    "nowhere.xlsx": (
        parts(sheet1=sheet(TITLE + '<row><c r="7"><v>1</v></c></row>')),
        "damaged",
    ),
    "backwards.xlsx": (
        parts(sheet1=sheet('<row r="5"/>' + TITLE.replace("<row", '<row r="2"'))),
        "damaged",
    ),
    "no-text.xlsx": (parts(sheet1=sheet(TITLE + '<row><c t="s"><v>7</v></c></row>')), "damaged"),
    "no-number.xlsx": (parts(sheet1=sheet(TITLE + "<row><c><v>x</v></c></row>")), "damaged"),
    "huge-number.xlsx": (
        parts(sheet1=sheet(TITLE + f"<row><c><v>{'9' * 9999}</v></c></row>")),
        "any",
    ),
    "no-sheet.xlsx": (
        parts(**{"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}),
        "There is no sheet in",
    ),
    "texts.xlsx": (
        parts(sharedStrings=f'<sst xmlns="{MAIN}">{"<si><t/></si>" * 2_000_000}</sst>'),
        "too large",
    ),
    "junk.xlsx": (parts(sheet1=sheet(TITLE + "<x/>" * 3_000_000 + ROW)), "too large"),
    "deep.xlsx": (parts(sheet1=sheet(TITLE + "<x>" * 100_000 + "</x>" * 100_000 + ROW)), "any"),
    "not-xml.xlsx": (parts(sheet1="a,b\n1,2\n"), "damaged"),
    "outside-part.xlsx": (
        parts(
            **{
                "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
                    "worksheets/sheet1.xml", "../../../../etc/passwd"
                )
            }
        ),
        "damaged",
    ),
}
