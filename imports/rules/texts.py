"""The text of a cell, without what only looks: white space, odd digits, invisible signs."""

from __future__ import annotations

import unicodedata

_FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠|%")
_MINUS = dict.fromkeys("‐‑‒–—−﹣－", "-")
_WIDE = {"＋": "+", "．": ".", "，": ",", "％": "%", "٪": "%", "’": "'", "（": "(", "）": ")"}
_SIGNS = str.maketrans(_MINUS | _WIDE)


class Typed(str):
    """A number that a workbook holds as a number, as Python writes it (perhaps with %): how the
    mapping writes numbers does not matter to it.
    """

    __slots__ = ()


def plain_text(text: str) -> str:
    """The text without white space around it, and without the apostrophe that our own exports put
    before what a spreadsheet would take for a formula (core/exports.py).
    """
    text = text.strip()
    if text[:1] == "'" and _looks_like_a_formula(text[1:]):
        return text[1:].strip()
    return text


def _looks_like_a_formula(text: str) -> bool:
    bare = text.lstrip()
    return not _FORMULA_SIGNS.isdisjoint(text[: len(text) - len(bare) + 1])


def tidied(text: str) -> str:
    """The cell with digits of any script as 0 to 9, plain signs and spaces, nothing invisible."""
    text = plain_text(text)
    if not text.isascii():
        text = "".join(map(_ascii, text.translate(_SIGNS)))
    return " ".join(text.split())


def _ascii(sign: str) -> str:
    if sign.isascii():
        return sign
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    return "" if category == "Cf" else sign
