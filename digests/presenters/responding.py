"""How a request begins that somebody makes because of what a digest has told them."""

from __future__ import annotations

from core.formats import long_day
from digests.models import IssueItem

ASK, DISAGREE = "ask", "disagree"
HOWS = (ASK, DISAGREE)


def opening_words(item: IssueItem, how: str) -> str:
    """The first line of it; theirs goes below."""
    told = f"“{item}” in the digest of {long_day(item.issue.week)}"
    if how == DISAGREE:
        return f"I disagree with {told}:\n"
    return f"About {told}:\n"
