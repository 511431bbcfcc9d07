"""Words as a reader counts them, and texts cut where a word ends.

What is read counts: anything with a letter or a figure in it between two spaces. Addresses (of
pages and of people) and bare signs ("–", "·", rules of a table) don't. Scripts that put no spaces
between words count two characters as one word, and of a monster every forty.
"""

from __future__ import annotations

import re
from functools import lru_cache

ELLIPSIS = "…"
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+|<?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?")
# Thai to Khmer; kana, ideographs, Hangul is spaced and so left out.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_PER_WORD = 2
_LONGEST = 40


def count(text: str) -> int:
    """How many words a reader reads in `text`."""
    read = _ADDRESS.sub(" ", text) if "@" in text or ":" in text else text
    return sum(map(_count_in, read.split()))


def _count_in(word: str) -> int:
    if word.isalnum() and word.isascii() and len(word) <= _LONGEST:
        return 1
    unspaced = len(_UNSPACED.findall(word))
    if unspaced:
        return -(-unspaced // _PER_WORD)
    return -(-len(word) // _LONGEST) if any(sign.isalnum() for sign in word) else 0


def one_line(text: str) -> str:
    """`text` without line breaks and other runs of space; spaces that hold words together stay."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", text).strip()


def ended(text: str) -> str:
    """`text` with a full stop, unless it ends otherwise or is empty."""
    return text if not text or text[-1] in ".…?!" else f"{text}."


@lru_cache(maxsize=4096)
def clip(text: str, limit: int) -> str:
    """At most `limit` words of `text`, cut where a word ends; "…" says that there was more."""
    kept: list[str] = []
    room = limit
    for piece in re.findall(r"\S+|\s+", text.strip()):
        room -= count(piece)
        if room < 0:
            return _ended("".join(kept), text, limit)
        kept.append(piece)
    return "".join(kept)


def _ended(kept: str, text: str, limit: int) -> str:
    """What was kept, or the start of a text whose first word alone is too long."""
    start = kept.rstrip(" \t\r\n\u00a0\u202f,;:–-") or text.strip()[: max(limit, 1) * _PER_WORD]
    return start + ELLIPSIS


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of one line of `text`, cut where a word ends if one does."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    start = line[: limit - 1]
    head, space, _ = start.rpartition(" ")
    # A cut far from the end loses more than half a word says.
    kept = head if space and len(head) * 2 >= limit and line[limit - 1] != " " else start
    return kept.rstrip(" ,;:–-") + ELLIPSIS
