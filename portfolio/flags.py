"""Flags stand beside a product's score, each with its reason and a link to the remedy.

Every app brings the flags that it can tell, in its `apps.py: ready()` (domain.md §4, Flags).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


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


_sources: dict[str, FlagSource] = {}


def register(source: FlagSource) -> None:
    """Add a source.

    Raises:
        ValueError: another source has the same key.
    """
    known = _sources.get(source.key)
    if known is not None and known != source:
        raise ValueError(f"Two flag sources are called {source.key!r}.")
    _sources[source.key] = source


def registered() -> tuple[FlagSource, ...]:
    """All sources in the order in which their flags are shown."""
    return tuple(sorted(_sources.values(), key=lambda source: (source.order, source.key)))


def flags_of(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """All flags on these products on that day; a product without any has an empty list."""
    found: dict[int, list[Flag]] = {pk: [] for pk in product_ids}
    if not product_ids:
        return found
    for source in registered():
        for pk, flags in source.flags(product_ids, as_of).items():
            found[pk].extend(flags)
    return found
