"""Addresses on and around a map, which keep its filters."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from core.htmx import without_empty
from portfolio.models import Product
from portfolio.presenters import product_crumbs

KEPT = ("view", "q", "plan", "department", "overdue", "on", "who")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where links on a map lead. `is_full`: it fills the screen."""

    product: Product
    query: QueryDict
    is_full: bool = False

    @property
    def base(self) -> str:
        """The page itself, without anything that narrows it."""
        name = "map_full" if self.is_full else "map_detail"
        return reverse(f"stakeholders:{name}", args=[self.product.slug])

    def here(self, **changes: str) -> str:
        """The page with some values changed, or dropped ("")."""
        return _with(self.base, self._kept(), changes)

    def other(self, *, is_full: bool) -> str:
        """The same map in the other size."""
        return Addresses(self.product, self.query, is_full).here()

    def to(self, name: str, *arguments: int, **changes: str) -> str:
        """Another page of the map, which knows the way back to this one."""
        full = {"full": "1"} if self.is_full else {}
        url = reverse(f"stakeholders:{name}", args=[self.product.slug, *arguments])
        return _with(url, self._kept(), {**full, **changes})

    def of_placement(self, name: str, placement_id: int, **changes: str) -> str:
        """A page about somebody, who is on show when one comes back."""
        return self.to(name, placement_id, who=str(placement_id), **changes)

    def _kept(self) -> QueryDict:
        kept = QueryDict(mutable=True)
        for name in KEPT:
            if name in self.query:
                kept[name] = str(self.query.get(name, ""))
        return kept


def map_crumbs(addresses: Addresses, last: str) -> list[tuple[str, str]]:
    """The way to a page of the map."""
    *way, _ = product_crumbs(addresses.product, "Map")
    return [*way, ("Map", Addresses(addresses.product, addresses.query).base), (last, "")]


def _with(url: str, query: QueryDict, changes: dict[str, str]) -> str:
    return f"{url}?{without_empty(query, **changes)}".rstrip("?")
