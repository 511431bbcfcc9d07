"""What contacts suggest about somebody's place, in words."""

from __future__ import annotations

from core.formats import count
from stakeholders.rules import Contact, SuggestionKey
from stakeholders.selectors.suggestions import Suggestion


def suggestion_words(suggestion: Suggestion) -> str:
    """Why, then the question: "3 escalations in 9 days: do they have more power …?"."""
    days = _span(suggestion.contacts)
    number = len(suggestion.contacts)
    if suggestion.key is SuggestionKey.MORE_POWER:
        told = f"{count(number, 'escalation')} {days}"
        return f"{told}: do they have more power than the map says?"
    told = f"the last {number} briefings went unanswered"
    return f"{told}: do they have less power than the map says?"


def _span(contacts: tuple[Contact, ...]) -> str:
    days = (contacts[-1].day - contacts[0].day).days
    return f"in {count(days, 'day')}" if days else "on one day"


def suggested_reason(suggestion: Suggestion) -> str:
    """The reason that the form begins with: "3 escalations in 20 days."."""
    words = suggestion_words(suggestion).partition(":")[0]
    return f"{words[0].upper()}{words[1:]}."
