"""Flags stand beside a product's score, each with its reason and a link to the remedy.

Every app brings the flags that it can tell, in its `apps.py: ready()` (domain.md §4, Flags).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning on one product.

    The link to the remedy is shown to whoever passes the policy `remedy_policy` on the product.
    """

    key: str
    title: str
    reason: str
    remedy_url: str
    remedy_policy: str = "product.edit"


@dataclass(frozen=True, slots=True)
class FlagSource:
    """Tells one kind of flag for many products at once, in a fixed number of queries."""

    key: str
    flags: Callable[[Sequence[int], dt.date], Mapping[int, list[Flag]]]
    order: int = 100


_sources = Registry[FlagSource]("flag sources")
register = _sources.register


def registered() -> tuple[FlagSource, ...]:
    """All sources in the order in which their flags are shown."""
    return tuple(_sources)


def flags_of(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """All flags on these products on that day; a product without any has an empty list."""
    found: dict[int, list[Flag]] = {pk: [] for pk in product_ids}
    if not product_ids:
        return found
    for source in registered():
        for pk, flags in source.flags(product_ids, as_of).items():
            found[pk].extend(flags)
    return found
