"""Once a day: every live product gets its row, and what nobody keeps goes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.selectors import organisation
from core.locks import retry_on_deadlock
from core.models import ScheduleSlot
from core.periods import day_start, local_date
from health.selectors import outlived, products_behind
from portfolio.services import mark_stale_many

JOB = "health.sweep"


@retry_on_deadlock
@transaction.atomic
def sweep(*, now: dt.datetime) -> int:
    """Mark every live product that lacks today's snapshot; drop snapshots no longer kept.

    Gives the number of products marked: the roll-up does the work, in chunks like any other. After
    days without a worker the days in between are marked as well. Running it twice marks twice,
    which harms nothing.
    """
    today = local_date(now, organisation().time_zone)
    behind = products_behind(today)
    mark_stale_many(behind)
    outlived(today).delete()
    return len(behind)


@transaction.atomic
def sweep_once_a_day(*, now: dt.datetime) -> int | None:
    """`sweep`, once on each day of the organisation, however many clocks tick.

    Gives None where somebody has done it, or is at it. The slot and the work are one transaction:
    after a crash the next tick does it.
    """
    zone = organisation().time_zone
    slot = day_start(local_date(now, zone), zone)
    ScheduleSlot.objects.bulk_create(
        [ScheduleSlot(job=JOB, slot_start=slot)], ignore_conflicts=True
    )
    mine = (
        ScheduleSlot.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(job=JOB, slot_start=slot, finished_at__isnull=True)
        .first()
    )
    if mine is None:
        return None
    marked = sweep(now=now)
    mine.finished_at = now
    mine.save(update_fields=["finished_at"])
    return marked
