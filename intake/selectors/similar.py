"""Requests and opportunities of a product that sound like what somebody types.

Full text finds the words and other words for them, trigrams what is spelt nearly like a word that
nothing holds. Each word counts by how few things of the product hold it.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from intake.querysets import triaged_by
from intake.rules.similar import Similar, Term, closeness, terms_of
from intake.selectors.similar_sql import FIND, PEOPLE, THRESHOLD
from portfolio.models import Product

CANDIDATES = 50
# A word that more things hold hardly tells one from another: no more are looked at.
MANY = 800
# Where the words themselves find fewer, words spelt alike are looked for everywhere.
FEW = 10
# Another word tells less than the word itself; so does the beginning of the one being typed.
SYNONYM, BEGINNING = 0.6, 0.7
# Share of a word's trigrams from which on something is a slip of the pen.
NEAR = 0.45
# Less than this share of what was asked is no likeness.
LEAST = 0.12


def similar_to(text: str, *, product: Product, user: User | None, limit: int = 5) -> list[Similar]:
    """What of `product` sounds like `text`, closest first, at most `limit`.

    Found are requests that `user` may know of (private ones only by those behind them and by the
    product's team; withdrawn ones by nobody) and opportunities. What was found to be the same as
    another answers as that other. `user` is None for a guest.
    """
    terms = terms_of(text)
    if not terms:
        return []
    found = _candidates(terms, product, user)
    usual = fmean(length for *_, length in found) if found else 0.0
    ranked = sorted(
        (
            (-closeness(held=held, asked=asked, length=length, usual=usual), kind, pk, name, words)
            for kind, pk, name, words, held, asked, length in found
        ),
    )
    chosen = [one for one in ranked[:limit] if -one[0] >= LEAST]
    people = _people([(kind, pk) for _, kind, pk, _, _ in chosen])
    return [
        Similar(kind, pk, name, words, people.get((kind, pk), 0), -score)
        for score, kind, pk, name, words in chosen
    ]


def _candidates(
    terms: list[Term], product: Product, user: User | None
) -> list[tuple[str, int, str, str, float, float, int]]:
    """Kind, key, reference, words, weight held, weight asked, number of words: the best by far."""
    values = _values(terms, product, user)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(THRESHOLD, [str(NEAR)])
        cursor.execute(FIND, values)
        return cursor.fetchall()


def explained(terms: list[Term], product: Product) -> str:
    """How the database looks for these terms: for whoever measures it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(THRESHOLD, [str(NEAR)])
        cursor.execute(f"EXPLAIN {FIND}", _values(terms, product, None))
        return "\n".join(line for (line,) in cursor.fetchall())


def _values(terms: list[Term], product: Product, user: User | None) -> dict[str, Any]:
    variants = [variant for number, term in enumerate(terms) for variant in _variants(number, term)]
    numbers, words, weights, queries = (list(column) for column in zip(*variants, strict=True))
    return {
        "numbers": numbers,
        "words": words,
        "weights": weights,
        "queries": queries,
        "product": product.pk,
        "user": user.pk if user else None,
        "all": user is not None and triaged_by(user).filter(pk=product.pk).exists(),
        "most": CANDIDATES,
        "many": MANY,
        "few": FEW,
        "near": NEAR,
    }


def _variants(number: int, term: Term) -> list[tuple[int, str, float, str]]:
    """The ways in which something may hold a term: number, word, weight, query."""
    found = [(number, term.word, 1.0, f"'{term.word}'")]
    if term.others:
        others = " | ".join(f"'{word}'" for word in term.others)
        found.append((number, "", SYNONYM, others))
    if term.is_last:
        found.append((number, "", BEGINNING, f"'{term.word}':*"))
    return found


def _people(chosen: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """How many people stand behind each, through what was found to be the same as it as well."""
    keys: dict[str, Any] = {
        "requests": [pk for kind, pk in chosen if kind == "request"],
        "opportunities": [pk for kind, pk in chosen if kind == "opportunity"],
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, keys)
        return {(kind, pk): people for kind, pk, people in cursor.fetchall()}
