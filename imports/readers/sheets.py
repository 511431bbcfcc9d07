"""What a workbook (.xlsx) holds, as XML read in a stream: sheets, texts, formats, rows.

openpyxl reads this as well, but keeps something of each row and each text in memory, and walks
through gaps row by row; a file from outside must not decide how much memory we need.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring, iterparse

from imports.readers.archive import TOO_LARGE, whole_part
from imports.readers.formats import CellFormat, cell_formats
from imports.readers.watched import Watched
from imports.rules.reasons import FileRefused

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its name, where it lies in the archive, and whether people see it."""

    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What all sheets of a workbook share."""

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...]
    formats: tuple[CellFormat, ...]
    counts_from_1904: bool
    look: int = 0


def read_workbook(archive: zipfile.ZipFile, largest_texts: int, look: int = 0) -> Workbook:
    """The structure of a workbook; for a `look` (bytes) with its first texts only.

    Raises:
        FileRefused: its texts are too many.
    """
    part = _target(_relations(archive, ""), "officeDocument", "xl/workbook.xml")
    root = fromstring(whole_part(archive, part), forbid_dtd=True)
    relations = _relations(archive, part)
    properties = _first(root, "workbookPr")
    texts_part = _target(relations, "sharedStrings", "")
    styles = _target(relations, "styles", "")
    return Workbook(
        archive,
        _sheets(root, relations),
        _texts(archive, texts_part, largest_texts, look) if texts_part else (),
        cell_formats(fromstring(whole_part(archive, styles), forbid_dtd=True)) if styles else (),
        properties is not None and properties.get("date1904") in ("1", "true"),
        look,
    )


def local(element: Element) -> str:
    """The name of an element without its namespace: there are two families of them."""
    return str(element.tag).rpartition("}")[2]


def _first(root: Element, name: str) -> Element | None:
    return next((element for element in root.iter() if local(element) == name), None)


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: (kind, part) by id."""
    folder, name = posixpath.split(part)
    try:
        found = whole_part(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    except KeyError:
        return {}
    return {
        element.get("Id", ""): (
            element.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/"),
        )
        for element in fromstring(found, forbid_dtd=True)
        if element.get("TargetMode") != "External"
    }


def _target(relations: dict[str, tuple[str, str]], kind: str, otherwise: str) -> str:
    return next((part for found, part in relations.values() if found == kind), otherwise)


def _sheets(root: Element, relations: dict[str, tuple[str, str]]) -> tuple[Sheet, ...]:
    found = []
    for element in root.iter():
        if local(element) == "sheet":
            key = next((v for k, v in element.items() if k.endswith("}id")), "")
            kind, part = relations.get(key, ("", ""))
            if kind == "worksheet":
                visible = element.get("state", "visible") == "visible"
                found.append(Sheet(element.get("name", ""), part, visible))
    return tuple(found)


def _texts(archive: zipfile.ZipFile, part: str, largest: int, look: int) -> tuple[str, ...]:
    """The texts that cells refer to by number."""
    if archive.getinfo(part).file_size > largest:
        raise FileRefused(f"{TOO_LARGE} Save it as CSV.")
    found = []
    with archive.open(part) as source:
        watched = Watched(source, look)
        top: list[Element] = []
        for event, element in iterparse(watched, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                top = top or [element]
            elif local(element) == "si":
                found.append(text_of(element))
                top[0].clear()
                watched.ended()
                if watched.is_enough:
                    break
    return tuple(found)


def text_of(element: Element) -> str:
    """The text of a shared or inline string, without its phonetic reading. A sign that XML can't
    hold is written as its number: _x000D_.
    """
    pieces = []
    for child in element:
        if local(child) == "t":
            pieces.append(child.text or "")
        elif local(child) == "r":
            pieces.extend(run.text or "" for run in child if local(run) == "t")
    return _ESCAPED.sub(_sign, "".join(pieces))


def _sign(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)
