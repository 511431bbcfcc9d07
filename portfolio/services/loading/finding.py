"""Products by what a file calls them: an address, an old address, or an exact name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import User
from portfolio.models import Product
from portfolio.services.loading.matching import AMBIGUOUS, Rights

NOT_FOUND = "There is no product with this address or name that you can change."

# An address counts before an old one, both before names; of names there may be several.
_FIND = """
SELECT DISTINCT given.text, 1 AS rank, p.id
FROM unnest(%(texts)s::text[]) AS given (text)
    JOIN portfolio_product p ON p.slug = lower(given.text)
UNION ALL
SELECT DISTINCT given.text, 2, s.product_id
FROM unnest(%(texts)s::text[]) AS given (text)
    JOIN portfolio_productslug s ON s.slug = lower(given.text)
UNION ALL
SELECT DISTINCT given.text, 3, p.id
FROM unnest(%(texts)s::text[]) AS given (text)
    JOIN portfolio_product p ON lower(p.name) = lower(given.text)
ORDER BY 1, 2, 3
"""

# Of more products than these it is cheaper to ask for the few that a file names.
MOST = 20_000
_CALLED = """
SELECT slug FROM portfolio_product
UNION SELECT slug FROM portfolio_productslug
UNION SELECT lower(name) FROM portfolio_product
"""


@dataclass(slots=True)
class ProductFinder:
    """Finds the products that a person may change, and remembers those it has been asked for.

    `ids` are text → key, `reasons` text → why there is none for this person.
    """

    by: User | None
    ids: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    _rights: Rights | None = None
    _called: set[str] | None = None

    def unknown(self, texts: Iterable[str]) -> set[str]:
        """Those that have to be looked up. What no product is called needs no looking, once it is
        known what all of them are called.
        """
        unknown = set(texts) - self.ids.keys() - self.reasons.keys()
        strangers = {text for text in unknown if self._is_stranger(text)}
        self.reasons |= dict.fromkeys(strangers, NOT_FOUND)
        return unknown - strangers

    def _is_stranger(self, text: str) -> bool:
        """Whether certainly nothing is called so. How other signs than these become small letters
        is the database's to say: "I" does not become "i" in every language.
        """
        if not self._called or not text.isascii() or "I" in text:
            return False
        return text.lower() not in self._called

    def learn(self, texts: Iterable[str]) -> None:
        """Look up those that are not known yet, with one query and, once, another."""
        unknown = sorted(self.unknown(texts))
        if not unknown:
            return
        if self._called is None:
            self._called = self._all_called()
        for text, ids in self._find(unknown).items():
            if len(ids) == 1:
                self.ids[text] = ids[0]
            else:
                self.reasons[text] = AMBIGUOUS if ids else NOT_FOUND

    def _all_called(self) -> set[str]:
        """What products are called, in small letters; nothing where they are too many."""
        if Product.objects.count() > MOST:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(_CALLED)
            return {text for (text,) in cursor.fetchall()}

    def _find(self, texts: Collection[str]) -> dict[str, list[int]]:
        """Text → the products of its best rank."""
        self._rights = self._rights or Rights.of(self.by)
        found: dict[str, tuple[int, list[int]]] = {text: (4, []) for text in texts}
        with connection.cursor() as cursor:
            cursor.execute(_FIND, {"texts": list(texts)})
            for text, rank, product_id in cursor.fetchall():
                best, ids = found[text]
                if rank <= best and self._rights.may_change(product_id):
                    found[text] = (rank, [*ids, product_id])
        return {text: ids for text, (_, ids) in found.items()}
