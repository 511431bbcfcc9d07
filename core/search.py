"""Finding anything by a few letters: the registry that apps fill, and how hits are ranked.

The page `/search/` and the palette ask the same sources. A source goes through `visible_to(user)`
in one statement; where one looks for names in a table, `ranked` says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BooleanField, FloatField, Func, Q, QuerySet
from django.db.models.functions import Upper

from core.registry import Registry

# Beyond these a search finds nothing more, it only costs the database time.
MOST_LETTERS = 100
MOST_WORDS = 6
FEWEST_LETTERS_OF_A_SLIP = 3
JOINING = frozenset({"a", "an", "about", "for", "in", "of", "on", "the", "to"})

# What a hit is worth: the name itself, its beginning, the beginning of a word in it, every word
# somewhere in it, and below that what only sounds like it.
EXACT, PREFIX, WORD_PREFIX, CONTAINED, NEAR = 1.0, 0.9, 0.8, 0.6, 0.5
# Of two that begin alike the one with less behind it is meant.
SHORTER = 0.09

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found; `rank` from 0 to 1, and `note` tells it from others of its name."""

    key: str
    title: str
    url: str
    note: str = ""
    rank: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchSource:
    """What one app can find. `find(user, text, limit)` answers the best first and never more.

    `text` is what was typed without needless spaces; an empty one asks for what this person is
    likely to want, and most sources then have nothing to say.
    """

    key: str
    label: str
    order: int
    find: Callable[[Any, str, int], list[Hit]]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source; `has_more`: it found more than were asked for."""

    key: str
    label: str
    icon: str
    hits: list[Hit]
    has_more: bool

    @property
    def amount(self) -> str:
        """How many, in a few letters: "5", or "5+" where there are more."""
        return f"{len(self.hits)}{'+' if self.has_more else ''}"


_sources = Registry[SearchSource]("search sources")
register = _sources.register


def sources() -> tuple[SearchSource, ...]:
    """All sources in their order."""
    return tuple(_sources)


def search(user: Any, text: str, limit: int) -> list[Group]:
    """What `user` may know of that fits, by source; the source of the best hit comes first."""
    text = typed(text)
    groups = []
    for source in sources():
        hits = source.find(user, text, limit + 1)
        if hits:
            more = len(hits) > limit
            groups.append(Group(source.key, source.label, source.icon, hits[:limit], more))
    # Nearly as good is as good: the order of the sources is what people get used to. But what is
    # called just like that is meant.
    best = {group.key: group.hits[0].rank for group in groups}
    return sorted(groups, key=lambda group: (best[group.key] < EXACT, -round(best[group.key], 1)))


def typed(text: str) -> str:
    """What was typed, without needless spaces and signs that no name has."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[:MOST_LETTERS])
    return " ".join(printable.split())


def words_of(text: str) -> list[str]:
    """Its words, without those that only join others where anything else is left."""
    words = text.split()[:MOST_WORDS]
    return [word for word in words if word.lower() not in JOINING] or words


def ranked(rows: Rows, text: str, field: str = "name") -> Rows:
    """The rows whose `field` contains every word, or sounds like the text; with `rank`, best first.

    A GIN index over `Upper(field)` with `gin_trgm_ops` serves both.
    """
    words = [f"%{_plain(word)}%" for word in words_of(text)]
    contains = " AND ".join([_CONTAINS] * len(words))
    fits = Q(_OfText(field, f"({contains})", words, BooleanField()))
    if len(text) >= FEWEST_LETTERS_OF_A_SLIP:
        fits |= Q(_OfText(field, _SOUNDS_LIKE, [text], BooleanField()))
    begins = [text, EXACT, f"{_plain(text)}%", PREFIX, f"% {_plain(text)}%", WORD_PREFIX]
    below = [*words, CONTAINED, NEAR, text, SHORTER, text]
    sql = _RANK.replace("{contains}", contains)
    rank = _OfText(field, sql, [*begins, *below], FloatField())
    found: Any = rows.filter(fits).annotate(rank=rank)
    return found.order_by("-rank", Upper(field), "pk")


# Capitals are the database's: it and Python disagree about a few letters.
_CONTAINS = "UPPER({name}) LIKE UPPER(%s)"
_SOUNDS_LIKE = "UPPER({name}) %%> UPPER(%s)"
_RANK = """(
    CASE WHEN UPPER({name}) = UPPER(%s) THEN %s
        WHEN UPPER({name}) LIKE UPPER(%s) THEN %s
        WHEN ' ' || UPPER({name}) LIKE UPPER(%s) THEN %s
        WHEN {contains} THEN %s
        ELSE %s * WORD_SIMILARITY(%s, {name})
    END + %s * SIMILARITY({name}, %s)
)"""


class _OfText(Func):
    """SQL about a column, with `{name}` where the column stands.

    Put together by Django from its own parts, these few lines take it longer than the database
    takes to answer them.
    """

    def __init__(self, field: str, sql: str, parameters: list[Any], output_field: Any) -> None:
        super().__init__(field, output_field=output_field)
        self.sql, self.parameters = sql, parameters

    def as_sql(self, compiler: Any, *_args: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        """The column's own name has no parameters."""
        name, _ = compiler.compile(self.source_expressions[0])
        return self.sql.replace("{name}", name), tuple(self.parameters)


def _plain(text: str) -> str:
    """The text in a pattern, its own signs meaning themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def rank_of_words(label: str, text: str, *, also: str = "") -> float:
    """How well a fixed label fits, by the same measure; 0 where it doesn't.

    `also` holds other words by which people look for it.
    """
    name, asked = label.casefold(), text.casefold()
    if name == asked:
        return EXACT
    if name.startswith(asked):
        return PREFIX
    if f" {asked}" in f" {name}":
        return WORD_PREFIX
    begun = f"{name} {also.casefold()}".split()
    fits = all(any(one.startswith(word) for one in begun) for word in words_of(asked))
    return CONTAINED if fits else 0.0


def after_verbs(text: str, verbs: Collection[str]) -> str | None:
    """What stands beside the words of a command: "record mau" → "mau"; None where none is said."""
    words = words_of(text)
    rest = [word for word in words if not any(verb.startswith(word.lower()) for verb in verbs)]
    return " ".join(rest) if len(rest) < len(words) else None
