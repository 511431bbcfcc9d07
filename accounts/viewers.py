"""What every page wants to know of whoever is signed in, told by the query that loads their
account: so that the navigation of each page costs none of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class ViewerFact:
    """`condition()` is an expression about the account (`OuterRef("pk")`); its value stands on the
    signed-in account as the attribute `key`.
    """

    key: str
    condition: Callable[[], Any]


_facts = Registry[ViewerFact]("facts about viewers")
register = _facts.register


def registered() -> tuple[ViewerFact, ...]:
    """All of them. A condition is asked for once a process: it may hold no day and no hour."""
    return tuple(_facts)


HOUSE_NAME, HOUSE_CURRENCY, HOUSE_ZONE = "house_name", "house_currency", "house_zone"


def house_currency(user: Any) -> str:
    """The organisation's currency, as the query that loaded the account brought it; "" if none."""
    return getattr(user, HOUSE_CURRENCY, "") or ""


def house_zone(user: Any) -> str:
    """The organisation's time zone, which its days are counted in, as the query that loaded the
    account brought it.
    """
    return getattr(user, HOUSE_ZONE, "") or "UTC"
