"""Which products, which week, seen from which moment: what every question of a draft is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.selectors import organisation
from core.arrays import AnyOf
from core.periods import local_date
from digests.rules.weeks import Week
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Scene:
    """`now` is the moment of the draft: what was written later is not seen, if rows say when it
    was. `zone` is the organisation's. `first` and `after` bound the event week, half-open. `rows`
    are the products, by key.
    """

    rows: Mapping[int, Product]
    week: Week
    zone: str
    now: dt.datetime
    first: dt.datetime
    after: dt.datetime
    currency: str = ""

    @property
    def product_ids(self) -> list[int]:
        """The keys of the products, ascending."""
        return sorted(self.rows)

    @property
    def day(self) -> dt.date:
        """D."""
        return self.week.draft_day

    @property
    def today(self) -> dt.date:
        """The organisation's day at the moment of the draft."""
        return local_date(self.now, self.zone)

    @property
    def products(self) -> AnyOf:
        """For `filter(product_id__in=…)`."""
        return AnyOf(self.product_ids)

    def holds(self, instant: dt.datetime | None) -> bool:
        """Whether the event week holds it."""
        return instant is not None and self.first <= instant < self.after

    def local_day(self, instant: dt.datetime) -> dt.date:
        """The organisation's day of an instant."""
        return local_date(instant, self.zone)


def scene_of(product_ids: Collection[int], week: Week, now: dt.datetime) -> Scene:
    """The scene in the organisation's time zone, of those products that there are; two queries."""
    house = organisation()
    zone = house.time_zone
    rows = Product.objects.filter(pk__in=AnyOf(product_ids)).in_bulk()
    return Scene(rows, week, zone, now, *week.event_instants(zone), currency=house.currency)
