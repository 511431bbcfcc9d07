"""When somebody is due to hear of new requests: their own times of the day, in their own zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

DAY = dt.timedelta(days=1)


def last_slot(times: Iterable[dt.time], now: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """The latest of `times` on the wall of `zone` that is not after `now`, in UTC; None: no times.

    Where the clocks go back a time that comes twice counts once, the first time; where they go
    forward one that is left out falls as far behind the gap as it lies in it.
    """
    today = now.astimezone(zone).date()
    slots = [
        dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
        for day in (today - DAY, today, today + DAY)
        for time in set(times)
    ]
    return max((slot for slot in slots if slot <= now), default=None)
