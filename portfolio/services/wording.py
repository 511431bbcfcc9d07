"""The word for a product's people, as it is stored."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from portfolio import rules
from portfolio.models import Product


def people_word_of(choice: str, exchange: str, audience_word: str = "") -> str:
    """What the product's people are called: by its audiences where it has any, else by its own."""
    if audience_word:
        return audience_word
    return rules.people_word(rules.Choice(choice), rules.Exchange(exchange)).value


@transaction.atomic
def set_audience_word(*, product_id: int, audiences: Iterable[tuple[str, str]]) -> None:
    """Store the word that the audiences (choice, exchange) of a product give it; none: its own.

    Called in the transaction that changes the audiences, by the app that knows them.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    pairs = ((rules.Choice(choice), rules.Exchange(exchange)) for choice, exchange in audiences)
    found = rules.audience_word(pairs)
    word = found.value if found else ""
    product = Product.objects.select_for_update(of=("self",)).get(pk=product_id)
    people_word = people_word_of(product.choice, product.exchange, word)
    if (product.audience_word, product.people_word) != (word, people_word):
        rows = Product.objects.filter(pk=product_id)
        rows.update(audience_word=word, people_word=people_word)
