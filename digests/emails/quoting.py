"""Quoted-printable (RFC 2045), piece by piece: whole lines encoded apart and put together are the
whole encoded, so what many mails share is encoded once.
"""

from __future__ import annotations

from binascii import b2a_qp
from functools import lru_cache


def quoted(lines: str) -> bytes:
    """Whole lines as they stand in a mail. What no encoding can carry is left out."""
    clean = lines.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return b2a_qp(clean.replace("\n", "\r\n").encode("utf-8", "replace"), istext=True)


@lru_cache(maxsize=2048)
def quoted_once(lines: str) -> bytes:
    """The same, kept for the next mail that holds these lines."""
    return quoted(lines)
