"""Writing the catalogue of metrics."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from kpis import selectors
from kpis.models import Metric
from kpis.rules import Bounds
from portfolio.services import mark_stale_many

FORMULA_FIELDS = frozenset(
    {"direction", "aggregation", "window_days", "group", "is_head_count", "code"}
)
"""What health reads of a metric: a change marks every product that uses it."""


class BoundsBroken(Exception):
    """Values that exist lie outside the wanted bounds; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count:,} values lie outside these bounds.")
        self.count = count


@dataclass(frozen=True, slots=True)
class MetricFields:
    """A metric as it is to be. `cadence` is what new KPIs start with, in days."""

    name: str
    direction: str
    aggregation: str
    group: str
    unit: str = ""
    definition: str = ""
    lower: float | None = None
    upper: float | None = None
    window_days: int = 28
    cadence: int = 28
    is_head_count: bool = False

    @property
    def bounds(self) -> Bounds:
        """The values it would accept."""
        return Bounds(self.lower, self.upper)


@transaction.atomic
def create_metric(*, code: str, fields: MetricFields, by: User, now: dt.datetime) -> Metric:
    """Add a metric to the catalogue. Its code never changes afterwards.

    Raises:
        IntegrityError: the code is taken, or the bounds are out of order.
    """
    metric = Metric.objects.create(code=code, **asdict(fields))
    log_event(verb="added the metric", subject=metric, product_id=None, by=by, now=now)
    return metric


@transaction.atomic
def update_metric(*, metric_id: int, fields: MetricFields, by: User, now: dt.datetime) -> Metric:
    """Change a metric everywhere it is used; health is worked out again from today where it counts.

    Raises:
        BoundsBroken: existing values would lie outside the new bounds.
        Metric.DoesNotExist: it is gone.
    """
    metric = Metric.objects.select_for_update().get(pk=metric_id)
    values = asdict(fields)
    changed = [name for name, value in values.items() if getattr(metric, name) != value]
    if not changed:
        return metric
    if {"lower", "upper"} & set(changed):
        outside = selectors.count_outside(metric, fields.bounds)
        if outside:
            raise BoundsBroken(outside)
    for name in changed:
        setattr(metric, name, values[name])
    metric.save(update_fields=changed)
    if FORMULA_FIELDS & set(changed):
        day = today(now)
        products = metric.kpis.values_list("product_id", flat=True)
        mark_stale_many(dict.fromkeys(products, day))
    log_event(verb="changed the metric", subject=metric, product_id=None, by=by, now=now)
    return metric
