"""Planned mails that can be written now."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from accounts.selectors import organisation
from core.models import ScheduleSlot
from digests.enums import DeliveryState
from digests.models import DigestDelivery
from digests.rules.weeks import Week
from digests.selectors.undrafted import JOB, undrafted

# So long a mail waits for issues that are still to be drafted; then it says what there is.
PATIENCE = dt.timedelta(hours=1)


def ready_to_write(now: dt.datetime) -> QuerySet[DigestDelivery]:
    """Planned deliveries that are due, the longest first. Those of a week that is not drafted yet
    wait for it an hour.
    """
    due = DigestDelivery.objects.filter(state=DeliveryState.PLANNED, due_at__lte=now)
    early = weeks_without_drafts(now)
    if early:
        due = due.exclude(week__in=early, planned_at__gt=now - PATIENCE)
    return due.order_by("due_at", "pk")


def weeks_without_drafts(now: dt.datetime) -> list[dt.date]:
    """The Mondays for which mails are planned, but not all products drafted yet."""
    due = DigestDelivery.objects.filter(state=DeliveryState.PLANNED, due_at__lte=now)
    weeks = [Week(monday) for monday in due.order_by().values_list("week", flat=True).distinct()]
    zone = organisation().time_zone if weeks else ""
    drafted = set(
        ScheduleSlot.objects.filter(job=JOB, slot_start__in=[week.draft_at(zone) for week in weeks])
        .exclude(finished_at=None)
        .values_list("slot_start", flat=True)
    )
    return [week.monday for week in weeks if week.draft_at(zone) not in drafted and undrafted(week)]
