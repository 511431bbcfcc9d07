"""What other bounds of the organisation's dates would mean for the values that there are."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Min

from accounts.models import Organisation
from core.formats import count, long_day
from core.periods import DAY, local_date
from kpis.models import Measurement


def bounds_refused(before: Organisation, after: Organisation, now: dt.datetime) -> dict[str, str]:
    """No value may lie before the earliest date: by field, how many do."""
    if after.earliest_date <= before.earliest_date:
        return {}
    older = Measurement.objects.filter(date__lt=after.earliest_date)
    found = older.aggregate(amount=Count("*"), first=Min("date"))
    if not found["amount"]:
        return {}
    verb = "lies" if found["amount"] == 1 else "lie"
    values = count(found["amount"], "value")
    words = f"{values} {verb} before it, the oldest on {long_day(found['first'])}."
    return {"earliest_date": f"{words} Choose an earlier day."}


def bounds_told(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """Until which day values may be entered then, and how many lie beyond it already."""
    was, last = _last(before, now), _last(after, now)
    if was == last:
        return []
    lines = [f"Values may be entered up to {long_day(last)}; now it is {long_day(was)}."]
    beyond = Measurement.objects.filter(date__gt=last).count() if last < was else 0
    if beyond:
        stay = "stays as it is" if beyond == 1 else "stay as they are"
        lines.append(f"{count(beyond, 'value')} beyond it {stay}.")
    return lines


def _last(ours: Organisation, now: dt.datetime) -> dt.date:
    return local_date(now, ours.time_zone) + ours.days_ahead * DAY
