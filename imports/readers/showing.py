"""Records that can't be read, shown so that people find them."""

from __future__ import annotations

from imports.readers.records import Broken

_LONGEST_SHOWN = 300


def broken(number: int, text: str, reason: str) -> Broken:
    """A refused record; of its text, how it begins, made printable."""
    return Broken(number, shown(text.rstrip("\r\n")), reason)


def shown(text: str) -> str:
    """The beginning of a text, with every sign that can't be shown or stored made visible."""
    text = text[:_LONGEST_SHOWN]
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(sign: str) -> str:
    if sign < " " and sign not in "\n\t":
        return chr(0x2400 + ord(sign))
    if "\udc80" <= sign <= "\udcff":
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return "\ufffd" if "\ud800" <= sign <= "\udfff" else sign
