"""What has to be rolled up, and which snapshots nobody keeps any more."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Max, Q, QuerySet

from accounts.selectors import organisation
from core.arrays import AnyOf
from core.periods import kept_days
from health.models import HealthSnapshot
from portfolio.models import Product, StaleMark


def stale_products(limit: int | None = None) -> list[int]:
    """Products with a stale mark, by id; a mark is a row, so nothing is ever forgotten."""
    found = StaleMark.objects.order_by("product_id").values_list("product_id", flat=True).distinct()
    return list(found[:limit])


def is_being_worked_out(product_id: int) -> bool:
    """Whether figures or terms of the product changed since its last roll-up. One query."""
    return StaleMark.objects.of_products([product_id]).exists()


def products_behind(today: dt.date) -> dict[int, dt.date]:
    """Live products without a snapshot of `today`, each with the first day that it lacks.

    After days without a worker that is the day after the newest snapshot; without any, today.
    """
    rows = (
        Product.objects.live(today)
        .annotate(newest=Max("snapshots__day", filter=Q(snapshots__day__lte=today)))
        .filter(Q(newest__lt=today) | Q(newest__isnull=True))
        .values_list("pk", "newest")
    )
    return {pk: newest + dt.timedelta(days=1) if newest else today for pk, newest in rows}


def outlived(today: dt.date) -> QuerySet[HealthSnapshot]:
    """Snapshots of days that are no longer kept; those that were asked for stay."""
    return HealthSnapshot.objects.filter(is_kept=False, day__lt=today).exclude(
        day__in=kept_days(today)
    )


_BEGINNINGS = """
SELECT p.id, least(p.made_on, min(first.date))
FROM (
    SELECT id, (created_at AT TIME ZONE %s)::date AS made_on FROM portfolio_product
) AS p
JOIN unnest(%s::bigint[], %s::date[]) AS mark (product_id, day)
    ON mark.product_id = p.id AND mark.day < p.made_on
LEFT JOIN kpis_kpi k ON k.product_id = p.id
LEFT JOIN LATERAL (
    SELECT m.date FROM kpis_measurement m WHERE m.kpi_id = k.id ORDER BY m.date LIMIT 1
) AS first ON true
GROUP BY p.id, p.made_on
"""


def beginnings(marks: dict[int, dt.date]) -> dict[int, dt.date]:
    """The first day that health can speak of, for products marked from before they were made.

    That is the day of their first measurement, or the day (organisation's zone) on which they were
    made. So values of past days that are taken back leave no snapshots behind.
    """
    zone = organisation().time_zone
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNINGS, [zone, list(marks), list(marks.values())])
        return dict(cursor.fetchall())


def days_to_roll_up(marks: dict[int, dt.date], today: dt.date) -> dict[int, list[dt.date]]:
    """For each marked product the days from its mark up to `today`: kept ones and stored ones."""
    kept = kept_days(today)
    days = {pk: {day for day in kept if day >= first} for pk, first in marks.items()}
    stored = HealthSnapshot.objects.filter(
        product_id__in=AnyOf(marks), day__gte=min(marks.values(), default=today), day__lte=today
    )
    for pk, day in stored.values_list("product_id", "day"):
        if day >= marks[pk]:
            days[pk].add(day)
    return {pk: sorted(found) for pk, found in days.items() if found}
