"""Pages and things to do whose names are fixed: what search finds without asking a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.navigation import links_for
from core.policies import allows, policies
from core.registry import Registry
from core.search import Hit, rank_of_words

# Below a name that fits as well: who types a product's name wants the product.
COMMAND_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do that needs no object, offered to whoever its page's policy lets in."""

    key: str
    label: str
    url_name: str
    also: str = ""
    order: int = 100


_commands = Registry[Command]("commands")
register = _commands.register


def find_pages(user: Any, text: str, limit: int) -> list[Hit]:
    """The entries of the navigation and of the user menu that this person has."""
    links = [*links_for(user, ""), *links_for(user, "", place="user")]
    hits = [
        Hit(link.key, link.label, link.url, rank=rank_of_words(link.label, text) if text else 0.1)
        for link in links
    ]
    return _best(hits, limit)


def find_commands(user: Any, text: str, limit: int) -> list[Hit]:
    """What this person may do; rights are looked up for what fits alone."""
    if not text:
        return []
    hits = [
        Hit(one.key, one.label, reverse(one.url_name), rank=rank * COMMAND_SHARE)
        for one in _commands
        if (rank := rank_of_words(one.label, text, also=one.also))
        and allows(policies().get(one.url_name, ""), user)
    ]
    return _best(hits, limit)


def _best(hits: Iterable[Hit], limit: int) -> list[Hit]:
    found = [hit for hit in hits if hit.rank]
    return sorted(found, key=lambda hit: -hit.rank)[:limit]
