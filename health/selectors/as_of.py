"""Health on any other day, worked out on request by the same rules as the snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields

from django.core.cache import cache

from health.models import HealthSnapshot
from health.selectors.board import Reading
from health.selectors.scores import TREND_DAYS, Scored, score_days
from health.selectors.version import data_version
from portfolio.models import Product

_SECONDS = 300
_AT_ONCE = 500  # so that no single statement takes long


def reading_of(day: dt.date, today: dt.date) -> Reading | None:
    """The board's rows of `day` and of 28 days before, where they are not all stored; else None.

    Cached by the version of the data: whatever enters the formula leaves a mark, and marks are
    numbered. While somebody writes marks it is worked out each time: their numbers are taken
    before their figures can be seen.
    """
    if day >= today or _is_stored(day):
        return None
    version = data_version()
    if version is None:
        return _read(day, today)
    key = f"health.reading:{day}:{today}:{version}"
    columns = cache.get(key)
    if columns is None:
        columns = _read(day, today).columns()
        cache.set(key, columns, _SECONDS)
    return Reading(**{f.name: column for f, column in zip(fields(Reading), columns, strict=True)})


def _is_stored(day: dt.date) -> bool:
    """Whether every product that is live on `day` has its snapshot of that day."""
    snapshots = HealthSnapshot.objects.filter(day=day).values("product_id")
    return not Product.objects.live(day).exclude(pk__in=snapshots).exists()


def _read(day: dt.date, today: dt.date) -> Reading:
    ids = list(Product.objects.live(day).order_by("pk").values_list("pk", flat=True))
    reading = Reading()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        _add(reading, score_days({pk: [day, day - TREND_DAYS] for pk in some}, today))
    return reading


def _add(reading: Reading, scored: Iterable[Scored]) -> None:
    for one in scored:
        reading.product_ids.append(one.product_id)
        reading.days.append(one.day)
        reading.statuses.append(one.health.status.value)
        reading.healths.append(one.health.health)
        reading.confidences.append(one.health.confidence)
        reading.trends.append(one.trend)
        reading.reasons.append(one.reason)
        reading.measured.append(one.measured_on)
