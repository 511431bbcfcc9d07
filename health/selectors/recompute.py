"""Days that were, or are to be, worked out again with the settings and plans of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from activity.models import Event
from core.audit import GONE
from core.history import Change, HistoryEntry
from health.models import HealthSnapshot, Recompute
from health.selectors.scores import TREND_DAYS


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to work out; `first` and `last` are the days that are really kept."""

    products: int
    days: int
    snapshots: int
    first: dt.date | None
    last: dt.date | None


def extent_of(first: dt.date, last: dt.date, product_id: int | None) -> Extent:
    """The snapshots from `first` to `last`, of one product or of all. One query."""
    found = _snapshots(first, last, product_id).aggregate(
        products=Count("product_id", distinct=True),
        days=Count("day", distinct=True),
        snapshots=Count("*"),
        first=Min("day"),
        last=Max("day"),
    )
    return Extent(**found)


def products_to_recompute(row: Recompute, limit: int) -> list[int]:
    """The next products, by key, that have a kept day of those and were not worked out yet."""
    rows = _snapshots(row.first, row.last, row.product_id).filter(product_id__gt=row.reached)
    ids = rows.order_by("product_id").values_list("product_id", flat=True).distinct()
    return list(ids[:limit])


def touched_by(
    product_ids: Collection[int], first: dt.date, last: dt.date
) -> set[tuple[int, dt.date]]:
    """The snapshots of these days, and those 28 days on, whose trend compares with them."""
    stored = HealthSnapshot.objects.of_products(product_ids)
    days = stored.filter(day__range=(first, last + TREND_DAYS)).values_list("product_id", "day")
    known = set(days)
    own = {(pk, day) for pk, day in known if day <= last}
    return own | {(pk, day + TREND_DAYS) for pk, day in own if (pk, day + TREND_DAYS) in known}


def recomputes() -> QuerySet[Recompute]:
    """All there have been, the newest first."""
    return Recompute.objects.select_related("product", "by").order_by("-pk")


def progress_of(rows: Collection[Recompute]) -> dict[int, tuple[int, int]]:
    """For each that is not done: products worked out, and products in all. One query each."""
    found = {}
    for row in rows:
        if row.done_at is None:
            all_of = _snapshots(row.first, row.last, row.product_id)
            counted = all_of.values("product_id").distinct()
            done = counted.filter(product_id__lte=row.reached).count()
            found[row.pk] = (done, counted.count())
    return found


def recompute_history(
    product: Any, user: object, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """When days of the product were worked out again, by whom and why, newest first."""
    events = Event.objects.filter(product_id=product.pk, subject_type=Recompute._meta.label_lower)
    if before is not None:
        events = events.filter(at__lt=before)
    events = events.order_by("-at", "-pk")[:limit]
    rows = Recompute.objects.in_bulk([int(event.subject_id) for event in events])
    return [_entry(event, rows.get(int(event.subject_id))) for event in events]


def _entry(event: Event, row: Recompute | None) -> HistoryEntry:
    why = (Change("why", None, row.why),) if row else ()
    return HistoryEntry(
        at=event.at,
        actor=event.actor_label or GONE,
        what=event.verb,
        subject=f"health of {event.subject_label}",
        changes=(*why, Change("days", None, str(event.data.get("days", "")))),
    )


def _snapshots(first: dt.date, last: dt.date, product_id: int | None) -> QuerySet[HealthSnapshot]:
    found = HealthSnapshot.objects.filter(day__range=(first, last))
    return found if product_id is None else found.filter(product_id=product_id)
