"""Products by what a file calls them: an address, an old address, or an exact name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import User
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


@dataclass(slots=True)
class ProductFinder:
    """Finds the products that a person may change, and remembers those it has been asked for.

    `ids` are text → key, `reasons` text → why there is none for this person.
    """

    by: User | None
    ids: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    _rights: Rights | None = None

    def learn(self, texts: Iterable[str]) -> None:
        """Look up those that are not known yet, all with one query."""
        unknown = sorted(set(texts) - self.ids.keys() - self.reasons.keys())
        if not unknown:
            return
        for text, ids in self._find(unknown).items():
            if len(ids) == 1:
                self.ids[text] = ids[0]
            else:
                self.reasons[text] = AMBIGUOUS if ids else NOT_FOUND

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
