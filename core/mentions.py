"""Somebody's names and addresses as patterns: the same for PostgreSQL and for Python.

Found are whole names ("Dana Reyes", "Reyes, Dana", across a line break too) and whole e-mail
addresses, whatever their case; a first name alone, or a nickname, is nobody's for sure.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import slugify

SOMEBODY = "an erased person"
SOMEBODY_SLUG = "erased-person"
# Matches nothing, in either language.
_NEVER = "$."
# A single letter is in every text.
_SHORTEST = 2
_AROUND = 40


@dataclass(frozen=True)
class Mentions:
    """What somebody is, or was, called."""

    names: tuple[str, ...]
    emails: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str], emails: Iterable[str]) -> Mentions:
        """Without what is too short to be looked for; the longest first, so that it wins."""
        return cls(_worth(names), _worth(emails))

    @cached_property
    def words(self) -> str:
        """Finds them in text."""
        names = [pattern for name in self.names for pattern in _orders(name)]
        return _either([*map(_address, self.emails), *names])

    @cached_property
    def slugs(self) -> str:
        """Finds their name in the middle of an address ("dana-reyes"): of two words or more, so
        that it can be nothing else.
        """
        slugs = [slug for slug in _slugs(self.names) if "-" in slug]
        return _either([*map(_in_address, slugs), *map(_quoted, self.emails)])

    @cached_property
    def addresses(self) -> str:
        """Finds them in what is an address throughout, such as a slug or a link."""
        emails = [pattern for email in self.emails for pattern in (_address(email), _quoted(email))]
        return _either([*emails, *map(_in_address, _slugs(self.names))])

    @cached_property
    def inside_json(self) -> str:
        """Finds whatever might hold them in JSON as text, and a little more: a first sieve."""
        longest = [max(name.split(), key=len) for name in self.names]
        parts = [max(slug.split("-"), key=len) for slug in _slugs(self.names)]
        emails = [*self.emails, *(email.replace("@", "%40") for email in self.emails)]
        written = [json.dumps(part, ensure_ascii=False)[1:-1] for part in [*longest, *emails]]
        return _either(sorted({re.escape(part) for part in [*written, *parts]}))

    def are_in(self, text: str) -> bool:
        """Whether they stand in a text."""
        return any(pattern.search(text) for pattern in self._patterns)

    def hidden(self, text: str, *, is_address: bool = False) -> str:
        """The text with our placeholders in their place, as `core_anonymous` makes it."""
        if is_address:
            return re.sub(self.addresses, SOMEBODY_SLUG, text, flags=re.IGNORECASE)
        words, slugs = self._patterns
        return slugs.sub(SOMEBODY_SLUG, words.sub(SOMEBODY, text))

    def excerpt(self, text: str) -> str:
        """The first place in a text where they stand, with some words around it."""
        for pattern in (*self._patterns, re.compile(self.addresses, re.IGNORECASE)):
            if place := pattern.search(text):
                start, end = max(0, place.start() - _AROUND), place.end() + _AROUND
                before, after = "…" * (start > 0), "…" * (end < len(text))
                return f"{before}{text[start:end].strip()}{after}"
        return ""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        # In this order: an address of theirs may begin like their name in the middle of another.
        return re.compile(self.words, re.IGNORECASE), re.compile(self.slugs, re.IGNORECASE)


def _worth(texts: Iterable[str]) -> tuple[str, ...]:
    cleaned = {" ".join(text.split()) for text in texts}
    kept = (text for text in cleaned if len(text) >= _SHORTEST)
    return tuple(sorted(kept, key=lambda text: (-len(text), text)))


def _either(patterns: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(patterns)) or _NEVER


def _orders(name: str) -> list[str]:
    """The name as it is, and with the last word first."""
    words = [re.escape(word) for word in name.split()]
    as_it_is = r"\s+".join(words)
    orders = [as_it_is]
    if len(words) > 1:
        orders.append(rf"{words[-1]},\s*" + r"\s+".join(words[:-1]))
    return [f"{_edge(name[0], '(?<!')}{order}{_edge(name[-1], '(?!')}" for order in orders]


def _edge(character: str, looking: str) -> str:
    """No letter may stand beside the name; in scripts without spaces one always does."""
    is_wide = unicodedata.east_asian_width(character) in "WF"
    return "" if is_wide else rf"{looking}\w)"


def _address(email: str) -> str:
    return rf"(?<![\w.+-]){re.escape(email)}(?!\w|[.-]\w)"


def _quoted(email: str) -> str:
    """As it stands in the query of a link."""
    return _address(email.replace("@", "%40"))


def _slugs(names: Iterable[str]) -> list[str]:
    made = [slugify(name, allow_unicode=known) for name in names for known in (False, True)]
    return [slug for slug in dict.fromkeys(made) if len(slug) >= _SHORTEST]


def _in_address(slug: str) -> str:
    parts = r"[-._]".join(re.escape(part) for part in slug.split("-") if part)
    return rf"(?<![^\W_]){parts}(?![^\W_])"
