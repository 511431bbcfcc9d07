"""Flags stand beside a product's score, each with its reason and a link to the remedy.

Every app brings the flags that it can tell, in its `apps.py: ready()` (domain.md §4, Flags).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    """Tells one kind of flag for many products at once, in a fixed number of queries.

    `of_loaded`, if any, tells those of one product from what its page has loaded anyway, in none;
    `loads` are expressions that the page loads with the product for it, by name.
    """

    key: str
    flags: Callable[[Sequence[int], dt.date], Mapping[int, list[Flag]]]
    order: int = 100
    of_loaded: Callable[[Any, dt.date], list[Flag]] | None = None
    loads: Mapping[str, Any] = field(default_factory=dict)


_sources = Registry[FlagSource]("flag sources")
register = _sources.register


def registered() -> tuple[FlagSource, ...]:
    """All sources in the order in which their flags are shown."""
    return tuple(_sources)


def loaded_with_product() -> dict[str, Any]:
    """What a product is annotated with, so that its flags cost no query of their own."""
    return {name: loads for source in registered() for name, loads in source.loads.items()}


def flags_of(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """All flags on these products on that day; a product without any has an empty list."""
    found: dict[int, list[Flag]] = {pk: [] for pk in product_ids}
    if not product_ids:
        return found
    for source in registered():
        for pk, flags in source.flags(product_ids, as_of).items():
            found[pk].extend(flags)
    return found


def flags_on(product: Any, as_of: dt.date) -> list[Flag]:
    """All flags on one product, which carries what `selectors.find_product` loads."""
    found: list[Flag] = []
    for source in registered():
        if source.of_loaded is not None:
            found.extend(source.of_loaded(product, as_of))
        else:
            found.extend(source.flags([product.pk], as_of).get(product.pk, []))
    return found
