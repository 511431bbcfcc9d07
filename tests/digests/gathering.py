"""The week of the tests of gathering, and what is gathered in it."""

from __future__ import annotations

import datetime as dt

from digests.rules.weeks import Week
from digests.selectors.gathering import gather
from tests.factories.digests import (
    DRAFTED,
    MONDAY,
    weekly,
)
from tests.factories.portfolio import (
    ReleaseFactory,
)

WEEK = Week(MONDAY)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
FIRST, AFTER = WEEK.event_instants("UTC")
THURSDAY = dt.datetime(2026, 11, 26, 15, 0, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
QUIET = (0, 0, 0, 0, 0, 0, 0, 0)


def measure_on(kpi, day, value):
    weekly(kpi, value, newest=day)


def draft(product, week=WEEK, now=DRAFTED):
    return gather([product.pk], week, now)[product.pk]


def items(product, kind="", **options):
    return [one for one in draft(product, **options).items if kind in ("", one.kind)]


def keys(product, **options):
    return {one.key for one in items(product, **options)}


# Releases -----------------------------------------------------------------------------------------


def release(product, day, published=None, **values):
    published = published or dt.datetime.combine(day, dt.time(12), dt.UTC)
    return ReleaseFactory(product=product, day=day, published_at=published, **values)
