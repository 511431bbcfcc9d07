"""Health over time, from stored snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.periods import week_start
from health.models import HealthSnapshot
from health.rules import Status

WEEKS = 26


@dataclass(frozen=True, slots=True)
class HealthPoint:
    """Health on a day; None where it was not known."""

    day: dt.date
    health: float | None


def newest_scores(
    product_ids: Sequence[int], as_of: dt.date
) -> list[tuple[int, str, float | None]]:
    """Product, status and health of the newest snapshots of `as_of` or before: one query."""
    rows = HealthSnapshot.objects.of_products(product_ids).latest_of_each(as_of)
    return list(rows.values_list("product_id", "status", "health"))


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
