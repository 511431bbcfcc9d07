"""The round of a Friday: every product once, and whoever fails holds up nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from django.db import transaction

from accounts.selectors import organisation
from core.models import ScheduleSlot
from digests.rules.weeks import Week
from digests.selectors.undrafted import JOB, undrafted
from digests.services.drafting import draft_issues

logger = structlog.get_logger(__name__)


def draft_each(*, week: Week, product_ids: Sequence[int], now: dt.datetime) -> int:
    """Draft these together; where that fails, by halves, until one that fails is alone."""
    try:
        return draft_issues(week=week, now=now, product_ids=product_ids)
    except Exception:
        if len(product_ids) <= 1:
            logger.exception("issue_not_drafted", product_ids=list(product_ids))
            return 0
    half = len(product_ids) // 2
    halves = product_ids[:half], product_ids[half:]
    return sum(draft_each(week=week, product_ids=ids, now=now) for ids in halves)


@transaction.atomic
def finish_round(*, week: Week, now: dt.datetime) -> bool:
    """Note that the Friday is done, if it is: every product has its issue. Twice is once."""
    if undrafted(week):
        return False
    slot_start = week.draft_at(organisation().time_zone)
    ScheduleSlot.objects.bulk_create(
        [ScheduleSlot(job=JOB, slot_start=slot_start)], ignore_conflicts=True
    )
    slot = ScheduleSlot.objects.filter(job=JOB, slot_start=slot_start, finished_at=None)
    slot.update(finished_at=now)
    return True
