"""Going through KPIs: all of a product after its stage changed, or one that is still right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from kpis import selectors
from kpis.models import Kpi, KpiReview
from kpis.rules import PLAN_DAYS
from kpis.services.exemptions import tell
from kpis.services.plans import KpiConflict
from kpis.services.values import lock_those_left
from portfolio.enums import Stage
from portfolio.models import Product
from portfolio.services import mark_stale_many


class StageMoved(Exception):
    """The product is in another stage than the one that was reviewed."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weight that a KPI, read at `version`, shall have."""

    version: int
    weight: int


@transaction.atomic
def finish_review(
    *,
    product: Product,
    stage: str,
    weights: Mapping[int, Weighed],
    next_review: dt.date,
    note: str,
    by: User,
    now: dt.datetime,
) -> KpiReview:
    """Keep that the KPIs were gone through in this stage: weights by KPI id, the day of their next
    review, what was decided. All of it or nothing; sent twice it is kept once.

    Raises:
        StageMoved: the stage has changed meanwhile.
        KpiConflict: somebody else changed a plan meanwhile.
        DateOutOfBounds: a day nobody can mean.
    """
    PLAN_DAYS.check(next_review)
    held = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    if held.stage != stage:
        raise StageMoved
    changed = _to_write(product, weights, next_review)
    known = _known(product, stage, note, by, now)
    if known is not None and not changed:
        return known
    if any(kpi.weight != weights[kpi.pk].weight for kpi in changed):
        mark_stale_many({product.pk: today(now)})
    _write(changed, weights, next_review)
    review = KpiReview.objects.create(product=product, stage=stage, done_at=now, by=by, note=note)
    _tell(product, stage, note, by, now)
    return review


@transaction.atomic
def plan_next_review(*, kpi: Kpi, until: dt.date | None, by: User, now: dt.datetime) -> bool:
    """Say that the plan of a KPI is still right until a day; None: no review is planned.

    Returns whether something was written. Forms of the plan that were opened before it meet a
    conflict, so none of them puts the old day back unseen.

    Raises:
        DateOutOfBounds: a day nobody can mean.
    """
    if until is not None:
        PLAN_DAYS.check(until)
    rows = Kpi.objects.filter(pk=kpi.pk)
    standing = rows.values_list("next_review", flat=True).first()
    if standing == until or not rows.update(next_review=until, version=F("version") + 1):
        return False
    tell("looked over the plan of", kpi, "", by, now)
    return True


def _to_write(product: Product, weights: Mapping[int, Weighed], next_review: dt.date) -> list[Kpi]:
    """The KPIs that say something else by now, as they stand, locked in the order of their keys.

    Raises:
        KpiConflict: one of them was changed since it was read.
    """
    held = lock_those_left(set(weights)).values()
    changed = [
        kpi
        for kpi in held
        if kpi.product_id == product.pk
        and (kpi.weight, kpi.next_review) != (weights[kpi.pk].weight, next_review)
    ]
    for kpi in changed:
        if kpi.version != weights[kpi.pk].version:
            theirs = Kpi.objects.select_related("metric", "product", "owner").get(pk=kpi.pk)
            raise KpiConflict(theirs, *selectors.last_change(theirs))
    return changed


def _write(kpis: Sequence[Kpi], weights: Mapping[int, Weighed], next_review: dt.date) -> None:
    """One statement, however many."""
    for kpi in kpis:
        kpi.weight, kpi.next_review = weights[kpi.pk].weight, next_review
        kpi.version += 1
    Kpi.objects.bulk_update(kpis, ["weight", "next_review", "version"])


def _known(product: Product, stage: str, note: str, by: User, now: dt.datetime) -> KpiReview | None:
    """The same review, if the same person has sent it already today."""
    newest = KpiReview.objects.filter(product=product).order_by("-done_at", "-pk").first()
    if newest is None or (newest.stage, newest.note, newest.by_id) != (stage, note, by.pk):
        return None
    return newest if today(newest.done_at) == today(now) else None


def _tell(product: Product, stage: str, note: str, by: User, now: dt.datetime) -> None:
    words = f"in {Stage(stage).label.lower()}"
    log_event(
        verb="went through the KPIs of",
        subject=product,
        product_id=product.pk,
        by=by,
        now=now,
        data={"detail": f"{words}: {note}" if note else words},
    )
