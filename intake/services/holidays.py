"""Writing days off: they keep new sessions away, and cancel none by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from intake.models import Holiday, Series
from intake.services.putting_back import put_back_row


@transaction.atomic
def add_holidays(
    *, days: Mapping[dt.date, str], by: User | None, now: dt.datetime, is_demo: bool = False
) -> int:
    """Add days off by name; a day that is one already keeps its name. How many were new."""
    standing = set(Holiday.objects.filter(day__in=days).values_list("day", flat=True))
    new = [
        Holiday(day=day, name=name, is_demo=is_demo)
        for day, name in sorted(days.items())
        if day not in standing
    ]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    if by is not None:
        for holiday in new:
            _tell(holiday.day, "added the holiday", by, now)
    return len(new)


@transaction.atomic
def delete_holiday(*, holiday: Holiday, by: User, now: dt.datetime) -> None:
    """Take a day off back; series that meet on it get their session at the next look."""
    _tell(holiday.day, "removed the holiday", by, now)
    Holiday.objects.filter(pk=holiday.pk).delete()
    Series.objects.filter(made_until__gte=holiday.day).update(made_until=None)


@transaction.atomic
def put_back_holiday(*, holiday_id: int, by: User, now: dt.datetime) -> Holiday | None:
    """Take the deletion of a day off back; None where there is nothing to put back."""
    deleted = put_back_row(Holiday, holiday_id)
    if deleted is not None:
        _tell(deleted.day, "put back the holiday", by, now)
    return deleted


def _tell(day: dt.date, verb: str, by: User, now: dt.datetime) -> None:
    holiday = Holiday.objects.filter(day=day).first()
    if holiday is not None:
        log_event(verb=verb, subject=holiday, product_id=None, by=by, now=now)
