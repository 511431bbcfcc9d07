"""Addresses on an inbox, which keep its filters and what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from core.htmx import without_empty
from intake.models import Request
from portfolio.models import Product

KEPT = ("show", "q", "product", "age", "source", "sort", "mine", "after", "on")
EVERYTHING = "all"  # an action that was started from the inbox of all products
NEXT = "next"
HOME = "home"  # the product whose inbox a form about several requests came from


@dataclass(frozen=True, slots=True)
class InboxAddresses:
    """Where links on an inbox lead; `product` None: the one of all products."""

    product: Product | None
    query: QueryDict

    @property
    def base(self) -> str:
        """The page itself, without anything that narrows it."""
        if self.product is None:
            return reverse("intake:inbox")
        return reverse("intake:product_inbox", args=[self.product.slug])

    def here(self, **changes: str) -> str:
        """The page with some values changed, or dropped ("")."""
        return _with(self.base, self._kept(), changes)

    def kept_for_bulk(self) -> list[tuple[str, str]]:
        """What a form about several requests carries along, so that it knows the way back."""
        home = [(HOME, self.product.slug)] if self.product else []
        kept = [(name, str(value)) for name, value in self._kept().items()]
        return [*kept, *home]

    def act(self, name: str, request: Request, following: str = "", **changes: str) -> str:
        """Where an action on a request is sent; afterwards the request `following` is on show."""
        url = reverse(f"intake:{name}", args=[request.product.slug, request.reference])
        everything = {} if self.product else {EVERYTHING: "1"}
        asked = {"on": request.reference, NEXT: following, **everything, **changes}
        return _with(url, self._kept(), asked)

    def _kept(self) -> QueryDict:
        kept = QueryDict(mutable=True)
        for name in KEPT:
            if name in self.query:
                kept[name] = str(self.query.get(name, ""))
        return kept


def _with(url: str, query: QueryDict, changes: dict[str, str]) -> str:
    return f"{url}?{without_empty(query, **changes)}".rstrip("?")
