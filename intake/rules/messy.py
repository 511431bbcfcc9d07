"""Amounts as people type them: “about 3”, “2,5”, “3 to 4”, “half an hour”, “not sure”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from intake.rules.words import Frequency

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_UNSURE = frozenset({
    "", "?", "-", "not sure", "i'm not sure", "im not sure", "unsure", "don't know", "dont know",
    "i don't know", "no idea", "unknown", "it depends", "depends", "n/a", "na",
})  # fmt: skip
_ABOUT = re.compile(
    r"^(?:(?:about|around|roughly|approx(?:imately)?\.?|ca\.?|circa|some|maybe|perhaps|up to"
    r"|at least|more than|over|under|nearly|almost|~|≈|>|<|=)\s*)+"
)
_TO = re.compile(r"\s*(?:\bto\b|\bor\b|-)\s*")
_GROUPED = re.compile(r"^\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?$")
_PLAIN = re.compile(r"^(?:\d{1,12}(?:[.,]\d*)?|[.,]\d+)$")
_COUNTED = re.compile(
    r"\s*(?:times?|x|×|people|persons?|of us|colleagues?"
    r"|(?:times? )?(?:a|per|each|every) (?:day|week|month|year)|(?:dai|week|month|year)ly)$"
)
_PER = re.compile(r"\b(?:(?:a|per|each|every) (day|week|month|year)|(dai|week|month|year)ly)\b")
_NUMBERS: Mapping[str, float] = {
    "a": 1, "an": 1, "once": 1, "one": 1, "twice": 2, "two": 2, "a couple": 2, "a couple of": 2,
    "three": 3, "a few": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "a dozen": 12, "twenty": 20, "half": 0.5,
    "half a": 0.5, "half an": 0.5, "a quarter of an": 0.25, "½": 0.5, "¼": 0.25,
}  # fmt: skip
MINUTES: Mapping[str, float] = {
    "s": 1 / 60, "sec": 1 / 60, "secs": 1 / 60, "second": 1 / 60, "seconds": 1 / 60,
    "": 1, "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60,
    "d": 480, "day": 480, "days": 480,
}  # fmt: skip
_CLOCK = re.compile(r"^(\d{1,3}):([0-5]\d)$")
_HOURS_AND_MINUTES = re.compile(r"^(\d{1,3})\s*h(?:ours?|rs?)?\s*(?:and\s*)?(\d{1,2})\s*(?:m\w*)?$")
_WITH_UNIT = re.compile(r"^(.*?)\.?\s*([a-z]*)$")


class NotAnAmount(ValueError):
    """Nothing that could be meant as a number."""


def parse_amount(text: str) -> float | None:
    """The number that is meant; None: they said that they are not sure. “3 to 4” is 3.5.

    Raises:
        NotAnAmount: it says neither.
    """
    plain = _plain(text)
    if plain in _UNSURE:
        return None
    return _mean(_COUNTED.sub("", _ABOUT.sub("", plain)))


def named_period(text: str) -> Frequency | None:
    """Per what they count where they say it themselves: “twice a day”."""
    found = _PER.search(_plain(text))
    return Frequency((found[1] or found[2]).replace("dai", "day")) if found else None


def parse_minutes(text: str) -> float | None:
    """A duration in minutes: “20”, “1:30”, “2 h”, “half an hour”; a day is one of eight hours.

    Raises:
        NotAnAmount: it says neither a duration nor that they are not sure.
    """
    plain = _plain(text)
    if plain in _UNSURE:
        return None
    plain = _ABOUT.sub("", plain)
    if found := _CLOCK.match(plain) or _HOURS_AND_MINUTES.match(plain):
        return int(found[1]) * 60 + int(found[2])
    found = _WITH_UNIT.match(plain)
    if found is None or found[2] not in MINUTES:
        raise NotAnAmount(text)
    return _mean(found[1]) * MINUTES[found[2]]


def _plain(text: str) -> str:
    """Lower case, composed, with plain digits, dashes and apostrophes."""
    composed = unicodedata.normalize("NFKC", text).replace("’", "'").replace("⁄", "/")
    return " ".join(composed.translate(_DASHES).casefold().split()).rstrip(".!")


def _mean(text: str) -> float:
    """One number, or the middle of two."""
    ends = _TO.split(text.strip(), maxsplit=1)
    if len(ends) == 1:
        return _number(ends[0])
    return (_number(ends[0]) + _number(_ABOUT.sub("", ends[1]))) / 2


def _number(text: str) -> float:
    word = text.strip()
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word == "1/2":  # ½, composed
        return 0.5
    if _GROUPED.match(word):
        return float(re.sub(r"[,' ]", "", word))
    if _PLAIN.match(word):
        return float(word.replace(",", "."))
    raise NotAnAmount(text)
