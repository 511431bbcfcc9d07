"""The word for a product's people, as it is stored."""

from __future__ import annotations

from portfolio import rules


def people_word_of(choice: str, exchange: str) -> str:
    """With audiences (personas) the word will depend on them too; until then on these two alone."""
    return rules.people_word(rules.Choice(choice), rules.Exchange(exchange)).value
