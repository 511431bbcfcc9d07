"""Writing the weights of a KPI's segments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from kpis.models import Kpi, SegmentWeight
from kpis.services.exemptions import tell
from portfolio.services import mark_stale_many


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
    tell("weighed the segments of", kpi, "", by, now)
