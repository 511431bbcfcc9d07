"""Whether a stored file names somebody, whatever it is written in."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from core.mentions import Mentions
from imports.services.erasing import PIECE, names_somebody

ZOE = Mentions.of(["Zoë O'Brien"], ["zoe@x.org"])


def workbook(*cells):
    book, packed = Workbook(), io.BytesIO()
    book.active.append(list(cells))
    book.save(packed)
    return packed.getvalue()


RICH = CellRichText("Ask Zoë ", TextBlock(InlineFont(b=True), "O'Brien"))


@pytest.mark.parametrize(
    "content",
    [
        "name\nZoë O'Brien\n".encode(),
        "name\nzoë o'brien\n".encode("cp1252"),
        "\ufeffname;e-mail\nZ;ZOE@x.org\n".encode("utf-16-le"),
        "name\nZoë O'Brien\n".encode("utf-16-be"),
        b"x" * (PIECE - 5) + " Zoë O'Brien ".encode(),
        workbook("a", "Zoë O'Brien"),
        workbook(RICH),
        workbook("x", "zoe@x.org", "y"),
    ],
)
def test_it_is_found(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    assert names_somebody(file, ZOE)


@pytest.mark.parametrize(
    "content", [b"", b"name\nZoe Brien\n", "Zoë O'Brienne".encode(), workbook("Zoë", "O'B")]
)
def test_somebody_else_is_not(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    assert not names_somebody(file, ZOE)


def test_no_file_names_nobody_and_a_broken_one_may_name_anybody(tmp_path):
    assert not names_somebody(tmp_path / "gone", ZOE)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("sheet.xml", b"text of a sheet " * 100)
    broken = bytearray(packed.getvalue())
    broken[45:75] = b"\xff" * 30
    (tmp_path / "broken").write_bytes(broken)
    assert names_somebody(tmp_path / "broken", ZOE)
