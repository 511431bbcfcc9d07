"""What another time zone of the organisation means for the weekly digest."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from accounts.models import Organisation
from digests.rules.weeks import DRAFTED_AT, DUE_AT, week_to_draft


def slots_told(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """When the next draft is made, and whose Monday nine o'clock moves."""
    if before.time_zone == after.time_zone:
        return []
    drafted = week_to_draft(now, after.time_zone).after.draft_at(after.time_zone)
    there, here = (drafted.astimezone(ZoneInfo(one.time_zone)) for one in (after, before))
    draft = f"Digests are drafted on Fridays at {DRAFTED_AT:%H:%M} of the new zone"
    when = f"next on {there:%-d %B, %H:%M}, which is {here:%-d %B, %H:%M} in the zone of now"
    due = f"People without a zone of their own get theirs on Mondays at {DUE_AT:%H:%M} there."
    return [f"{draft}: {when}.", due]
