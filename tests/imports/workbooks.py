"""Workbooks (.xlsx) as files hold them: written by openpyxl, or by hand part by part."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATION}">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    ),
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>Name</t></si></sst>',
    "xl/worksheets/sheet1.xml": "",
}
TITLE = '<row><c t="s"><v>0</v></c></row>'
ROW = '<row><c t="inlineStr"><is><t>Lamps</t></is></c></row>'


def sheet(rows: str) -> str:
    """A worksheet with these rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def by_hand(path: Path, **changes: str | bytes | None) -> Path:
    """A workbook whose parts are as given ("sheet1" changes the part whose name contains it), or
    are not there (None).
    """
    parts: dict[str, str | bytes | None] = {**PARTS, "xl/worksheets/sheet1.xml": sheet(TITLE + ROW)}
    for change, text in changes.items():
        name = next((part for part in parts if change in part), change)
        parts[name] = text
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            if text is not None:
                archive.writestr(name, text)
    return path


def written(path: Path, rows, *, title: str = "Numbers", formats=None) -> Path:
    """A workbook of one sheet; `formats` are number formats by cell ("B2")."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    for cell, code in (formats or {}).items():
        page[cell].number_format = code
    book.save(path)
    return path
