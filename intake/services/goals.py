"""Which goals of personas a problem stands in the way of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from intake.models import Opportunity, OpportunityGoal
from intake.services.opportunities import locked, touch


@transaction.atomic
def set_goals(*, opportunity: Opportunity, goal_ids: Collection[int], now: dt.datetime) -> None:
    """Exactly these, whatever stood there.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    row = locked(opportunity.pk)
    stand = set(row.goals.values_list("goal_id", flat=True))
    wanted = set(goal_ids)
    if stand == wanted:
        return
    row.goals.filter(goal_id__in=stand - wanted).delete()
    OpportunityGoal.objects.bulk_create(
        OpportunityGoal(opportunity=row, goal_id=pk) for pk in sorted(wanted - stand)
    )
    touch(row, now)
