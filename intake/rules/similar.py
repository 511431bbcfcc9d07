"""What sounds alike: the words of a query, and how close something comes to them.

Nothing here knows Django, the clock or the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.rules.synonyms import synonyms_of

# A wish says "please add …"; what tells one from another are the other words.
_STOPS = """
a about after all also am an and any are as at be because been before being but by can cannot
could did do does doing don each either else etc even ever every for from get gets getting give
go goes going good had has have having he her here him his how i if in into is it its itself
just let like made make makes making many may me might more most much must my no nor not now of
off on one only or other our out over own per please rather really same she should so some
something somehow still such than thank thanks that the their them then there these they thing
things this those through to today too under until up us use used using very via was way we well
were what when where which while who whom why will with within without would yet you
your
"""
_WISHES = """
add added adding allow allowed allows allowing able ability need needed needs needing want
wanted wants wanting wish wished wishes support supported supports implement enable enables
possible possibility feature features functionality nice hope hoping would prefer request
requests requested introduce create improve
"""
STOP_WORDS = frozenset(_STOPS.split())
WISH_WORDS = frozenset(_WISHES.split())
# Beyond these a query says nothing new, and costs time.
MOST_WORDS = 24
LONGEST_WORD = 40
# How much being short counts against holding words.
LENGTH_SHARE = 0.25
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Similar:
    """One thing that sounds like a query: `kind` is "request" or "opportunity".

    `score` orders them, higher is closer; `people` is how many stand behind it.
    """

    kind: str
    pk: int
    reference: str
    text: str
    people: int
    score: float


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query, and other words for it."""

    word: str
    others: tuple[str, ...] = ()
    is_last: bool = False


def terms_of(text: str) -> list[Term]:
    """The words of `text` that say what it is about, in their order, each once.

    Where nothing but stop words and wish verbs is left, the wish verbs count after all.
    """
    words = [word.lower()[:LONGEST_WORD] for word in _WORD.findall(text)]
    telling = [word for word in words if word not in STOP_WORDS and len(word) > 1]
    chosen = [word for word in telling if word not in WISH_WORDS] or telling
    distinct = list(dict.fromkeys(chosen))[:MOST_WORDS]
    is_typing = bool(words) and text[-1:].isalnum()
    return [
        Term(word, synonyms_of(word), is_typing and word == words[-1] and len(word) >= 3)
        for word in distinct
    ]


def closeness(*, held: float, asked: float, length: int, usual: float) -> float:
    """How close something comes to a query, 0 not at all to about 1 in every word.

    `held` is the weight of the words that it has, `asked` that of all words of the query, each by
    its rarity. `length` is how many different words the thing has, `usual` how many things usually
    have: of two that hold the same words the shorter one is closer.
    """
    if asked <= 0:
        return 0.0
    return held / asked / (1 - LENGTH_SHARE + LENGTH_SHARE * length / max(usual, 1.0))
