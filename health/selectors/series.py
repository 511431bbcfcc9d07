"""Health over time, from stored snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, OuterRef, QuerySet, Subquery

from core.as_of import OLD_DAYS, AsOf
from core.periods import week_start
from health.models import HealthSnapshot
from health.rules import Status
from health.selectors.as_of import reading_of
from portfolio.models import Product

WEEKS = 26


@dataclass(frozen=True, slots=True)
class HealthPoint:
    """Health on a day; None where it was not known."""

    day: dt.date
    health: float | None


@dataclass(frozen=True, slots=True)
class DayScore:
    """Status, health and trend of a product; `health` may stand although the status is unknown."""

    product_id: int
    status: str
    health: float | None
    trend: float | None


def scores_on(product_ids: Sequence[int], as_of: AsOf) -> list[DayScore]:
    """How these products stand on the day: today by their newest snapshots, else on that very day.

    One query for today and for a kept day, beside the one that tells whether it is kept.
    """
    reading = reading_of(as_of.day, as_of.today)
    if reading is not None:
        wanted = set(product_ids)
        rows = zip(
            *(reading.product_ids, reading.days, reading.statuses, reading.healths),
            reading.trends,
            strict=True,
        )
        return [
            DayScore(pk, status, health, trend)
            for pk, day, status, health, trend in rows
            if pk in wanted and day == as_of.day
        ]
    snapshots = HealthSnapshot.objects.of_products(product_ids)
    found = snapshots.latest_of_each(as_of.day) if as_of.is_today else snapshots.on(as_of.day)
    fields = ("product_id", "status", "health", "trend")
    return [DayScore(*row) for row in found.values_list(*fields)]


def newest_figure(products: QuerySet[Product], as_of: AsOf) -> dt.date | None:
    """The day of the newest figure that any of these products had on the day; the first one found
    that isn't old will do. One query, and a second one where all figures are old.
    """
    reading = reading_of(as_of.day, as_of.today)
    if reading is not None:
        wanted = set(products.order_by().values_list("pk", flat=True))
        rows = zip(reading.product_ids, reading.days, reading.measured, strict=True)
        days = [on for pk, day, on in rows if on and day == as_of.day and pk in wanted]
        return max(days, default=None)
    newest = (
        HealthSnapshot.objects.filter(product_id=OuterRef("pk"), day__lte=as_of.day)
        .order_by("-day")
        .values("measured_on")[:1]
    )
    found = products.order_by().annotate(newest_figure=Subquery(newest))
    fresh = found.filter(newest_figure__gt=as_of.day - dt.timedelta(days=OLD_DAYS))
    day: dt.date | None = fresh.values_list("newest_figure", flat=True).first()
    return day or found.aggregate(newest=Max("newest_figure"))["newest"]


def week_days(as_of: dt.date, weeks: int = WEEKS) -> list[dt.date]:
    """The Mondays of the last weeks and the day itself, oldest first: days that are kept."""
    monday = week_start(as_of)
    mondays = [monday - dt.timedelta(days=7 * back) for back in range(weeks)]
    return sorted({*mondays, as_of})


def health_series(
    product_ids: Sequence[int], as_of: dt.date, weeks: int = WEEKS
) -> dict[int, list[HealthPoint]]:
    """For each product its health on those days, a gap where none is known: one query."""
    days = week_days(as_of, weeks)
    known = {
        (product_id, day): health
        for product_id, day, health in HealthSnapshot.objects.of_products(product_ids)
        .filter(day__in=days)
        .exclude(status__in=(Status.UNKNOWN, Status.RETIRED))
        .values_list("product_id", "day", "health")
    }
    return {pk: [HealthPoint(day, known.get((pk, day))) for day in days] for pk in product_ids}
