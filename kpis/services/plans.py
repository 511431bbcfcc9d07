"""Writing KPIs: a metric on a product with its plan, and nobody's change lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.versions import standing
from kpis import selectors
from kpis.models import Kpi, Metric
from kpis.rules import PLAN_DAYS, DateOutOfBounds, ValueOutOfBounds
from portfolio.models import Product
from portfolio.services import mark_stale_many

FORMULA_FIELDS = frozenset(
    {"baseline", "baseline_date", "target", "target_date", "weight", "cadence", "is_guardrail"}
)
"""What health reads of a KPI: a change marks its product from today on."""


class KpiExists(Exception):
    """The product already has a KPI for this metric."""


class PlanRefused(Exception):
    """A plan that cannot be; `field` names the part of it, the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class KpiConflict(Exception):
    """Somebody else has changed the KPI since the form was opened.

    `theirs` is what stands now, `who` changed it last and `when`.
    """

    def __init__(self, theirs: Kpi, who: str, when: dt.datetime | None) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs
        self.who = who
        self.when = when


@dataclass(frozen=True, slots=True)
class KpiPlan:
    """What a KPI is held to. Without baseline or target it is untargeted and out of health.

    `baseline_date` None means the day of the first value, else of creation; `target_date` None
    means now. `cadence` in days.
    """

    cadence: int
    baseline: float | None = None
    baseline_date: dt.date | None = None
    target: float | None = None
    target_date: dt.date | None = None
    weight: int = 3
    is_guardrail: bool = False
    owner: User | None = None
    next_review: dt.date | None = None
    if_it_drops: str = ""

    @classmethod
    def of(cls, kpi: Kpi, **changes: Any) -> KpiPlan:
        """The plan that stands, with some of its columns changed."""
        return cls(**{name: getattr(kpi, name) for name in PLAN_FIELDS} | changes)

    def as_fields(self) -> dict[str, object]:
        """The columns of `Kpi` that it sets."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


PLAN_FIELDS = tuple(field.name for field in fields(KpiPlan))
"""The columns of `Kpi` that a plan sets."""


def check_plan(plan: KpiPlan, metric: Metric, starts_by_default: dt.date) -> None:
    """Raises `PlanRefused` unless levels lie within the metric's bounds and the dates in order."""
    for name in ("baseline", "target"):
        level = getattr(plan, name)
        if level is not None:
            try:
                metric.bounds.check(level)
            except ValueOutOfBounds as error:
                raise PlanRefused(name, str(error)) from error
    for name in ("baseline_date", "target_date", "next_review"):
        day = getattr(plan, name)
        if day is not None:
            try:
                PLAN_DAYS.check(day)
            except DateOutOfBounds as error:
                raise PlanRefused(name, str(error)) from error
    start = plan.baseline_date or starts_by_default
    if plan.target_date is not None and plan.target_date <= start:
        message = f"Enter a day after the baseline date, {start:%-d %B %Y}."
        raise PlanRefused("target_date", message)


@transaction.atomic
def create_kpi(
    *, product: Product, metric: Metric, plan: KpiPlan, by: User | None, now: dt.datetime
) -> Kpi:
    """Measure `metric` on `product`.

    Raises:
        KpiExists: it is measured already.
        PlanRefused: the plan cannot be.
    """
    day = today(now)
    check_plan(plan, metric, day)
    try:
        with transaction.atomic():
            kpi = Kpi.objects.create(
                product=product, metric=metric, created_on=day, **plan.as_fields()
            )
    except IntegrityError as error:
        if Kpi.objects.filter(product=product, metric=metric).exists():
            raise KpiExists(f"{product} already has a KPI for {metric}.") from error
        raise
    mark_stale_many({product.pk: day})
    _log("added the KPI", kpi, by, now)
    return kpi


@transaction.atomic
def update_kpi(
    *,
    kpi_id: int,
    version: int,
    plan: KpiPlan,
    by: User | None,
    now: dt.datetime,
    verb: str = "changed the plan of",
) -> Kpi:
    """Change the plan of a KPI as it was at `version`; `verb` tells it in the activity.

    The same plan sent twice changes once.

    Raises:
        KpiConflict: somebody else was faster.
        PlanRefused: the plan cannot be.
        Kpi.DoesNotExist: it is gone.
    """
    kpi = Kpi.objects.select_related("metric", "product").get(pk=kpi_id)
    check_plan(plan, kpi.metric, selectors.default_baseline_date(kpi))
    wanted = plan.as_fields()
    changed = {name for name, value in wanted.items() if getattr(kpi, name) != value}
    if not changed:
        return kpi
    matched = Kpi.objects.filter(pk=kpi_id, version=version).update(
        version=F("version") + 1, **wanted
    )
    if not matched:
        raise _conflict(kpi_id)
    if changed & FORMULA_FIELDS:
        mark_stale_many({kpi.product_id: today(now)})
    _log(verb, kpi, by, now)
    return Kpi.objects.select_related("metric", "product").get(pk=kpi_id)


@transaction.atomic
def change_part(*, kpi_id: int, part: str, value: Any, was: str, by: User, now: dt.datetime) -> Kpi:
    """Change one column of a plan, in which `was` (`versions.standing`) stood when it was read.

    What somebody has changed of the plan beside it is no conflict. Sent twice it changes once.

    Raises:
        KpiConflict: somebody else has changed this very part.
        PlanRefused: the plan cannot be.
        Kpi.DoesNotExist: it is gone.
    """
    held = Kpi.objects.select_for_update(of=("self",), no_key=True).get(pk=kpi_id)
    if standing(held, part) != was and getattr(held, part) != value:
        raise _conflict(kpi_id)
    plan = KpiPlan.of(held, **{part: value})
    return update_kpi(kpi_id=kpi_id, version=held.version, plan=plan, by=by, now=now)


def _conflict(kpi_id: int) -> KpiConflict:
    theirs = Kpi.objects.select_related("metric", "product", "owner").get(pk=kpi_id)
    return KpiConflict(theirs, *selectors.last_change(theirs))


@transaction.atomic
def delete_kpi(*, kpi: Kpi, by: User | None, now: dt.datetime) -> None:
    """Delete a KPI with its values, which stay in history."""
    _log("deleted the KPI", kpi, by, now)
    kpi.delete()
    mark_stale_many({kpi.product_id: today(now)})


def _log(verb: str, kpi: Kpi, by: User | None, now: dt.datetime) -> None:
    if kpi.product.is_demo and by is None:
        return
    log_event(
        verb=verb,
        subject=kpi.metric,
        product_id=kpi.product_id,
        by=by,
        now=now,
        data={"kpi": kpi.pk},
    )
