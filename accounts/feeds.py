"""What can be read as a feed: the apps above register their feeds here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User

# The names of those products about which this person may read the feed, by key.
ProductNames = Callable[["User", Collection[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class FeedPurpose:
    """A kind of feed. `url_name` is a public route whose only argument is the token.

    `key` is kept in the database (at most 20 letters). With `product_names` the feed is about one
    product. `about` says in a sentence what programs read there.
    """

    key: str
    label: str
    url_name: str
    about: str
    product_names: ProductNames | None = None
    order: int = 0

    @property
    def needs_product(self) -> bool:
        """Whether there is one feed for each product."""
        return self.product_names is not None


purposes: Registry[FeedPurpose] = Registry("purposes of feeds")
register = purposes.register
