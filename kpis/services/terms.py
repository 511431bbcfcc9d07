"""Writing the terms of a KPI: days on which it does not count, weights of its segments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.formats import short_day
from kpis.models import Exemption, Kpi, SegmentWeight
from kpis.rules import PLAN_DAYS
from portfolio.services import mark_stale_many

DAY = dt.timedelta(days=1)


@transaction.atomic
def grant_exemption(
    *,
    kpi: Kpi,
    reason: str,
    starts_on: dt.date,
    ends_on: dt.date,
    approver: User | None,
    by: User,
    now: dt.datetime,
) -> Exemption:
    """Leave the KPI out of health from `starts_on` to `ends_on`, both included.

    Raises:
        IntegrityError: it would end before it starts.
        DateOutOfBounds: a day nobody can mean.
    """
    PLAN_DAYS.check(starts_on)
    PLAN_DAYS.check(ends_on)
    exemption = Exemption.objects.create(
        kpi=kpi,
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
        approver=approver,
        created_at=now,
    )
    mark_stale_many({kpi.product_id: min(starts_on, today(now))})
    _log("exempted", kpi, f"{short_day(starts_on)} to {short_day(ends_on)}: {reason}", by, now)
    return exemption


@transaction.atomic
def end_exemption(*, exemption: Exemption, by: User, now: dt.datetime) -> None:
    """Let the KPI count again from today on; an exemption that never began goes altogether."""
    day = today(now)
    kpi = exemption.kpi
    if exemption.ends_on < day:
        return
    if exemption.starts_on >= day:
        exemption.delete()
    else:
        exemption.ends_on = day - DAY
        exemption.save(update_fields=["ends_on"])
    mark_stale_many({kpi.product_id: day})
    _log("ended the exemption of", kpi, "", by, now)


@transaction.atomic
def set_segment_weight(
    *, kpi: Kpi, weights: Mapping[str, float], by: User, now: dt.datetime
) -> None:
    """Set how much segments count where a day has no value for everyone; 1 is the default.

    Raises:
        IntegrityError: a weight is negative or not finite, or the segment is empty (everyone).
    """
    standing = {row.segment: row.weight for row in kpi.segment_weights.all()}
    changed = {
        name: weight for name, weight in weights.items() if standing.get(name, 1.0) != weight
    }
    if not changed:
        return
    SegmentWeight.objects.bulk_create(
        [SegmentWeight(kpi=kpi, segment=name, weight=weight) for name, weight in changed.items()],
        update_conflicts=True,
        unique_fields=["kpi", "segment"],
        update_fields=["weight"],
    )
    mark_stale_many({kpi.product_id: today(now)})
    _log("weighed the segments of", kpi, "", by, now)


def _log(verb: str, kpi: Kpi, detail: str, by: User, now: dt.datetime) -> None:
    log_event(
        verb=verb,
        subject=kpi.metric,
        product_id=kpi.product_id,
        by=by,
        now=now,
        data={"kpi": kpi.pk, "detail": detail},
    )
