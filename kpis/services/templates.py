"""Adding several KPIs at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from kpis.models import Kpi, Metric
from kpis.services.plans import KpiExists, KpiPlan, PlanRefused, create_kpi
from portfolio.models import Product


class OnePlanRefused(Exception):
    """One of several plans cannot be; nothing was added."""

    def __init__(self, metric: Metric, refusal: PlanRefused) -> None:
        super().__init__(str(refusal))
        self.metric = metric
        self.refusal = refusal


@transaction.atomic
def add_kpis(
    *,
    product: Product,
    wanted: Sequence[tuple[Metric, KpiPlan]],
    by: User | None,
    now: dt.datetime,
) -> list[Kpi]:
    """Measure all of these on the product, or none; those that it measures already stay as they
    are, so the same form sent twice adds once. Returns the new ones.

    Raises:
        OnePlanRefused: a plan cannot be.
    """
    added = []
    for metric, plan in wanted:
        try:
            added.append(create_kpi(product=product, metric=metric, plan=plan, by=by, now=now))
        except KpiExists:
            continue
        except PlanRefused as refusal:
            raise OnePlanRefused(metric, refusal) from refusal
    return added
