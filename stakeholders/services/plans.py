"""What somebody is owed instead of what their place says, when no debt grows, and what was said of
a suggestion.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from core.versions import change_row
from stakeholders.models import Placement, Snooze
from stakeholders.services.placements import locked_place

LONGEST_SNOOZE = dt.timedelta(days=366)


class NoReason(Exception):
    """A plan of somebody's own needs a reason."""


@transaction.atomic
def set_plan(
    *,
    placement: Placement,
    version: int,
    plan: str,
    contact: str,
    every: int | None,
    reason: str,
    by: User | None,
) -> Placement:
    """Change what somebody who was read at `version` is owed; an empty part (None for the days)
    follows their place again.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
        NoReason: something was set without one.
        Conflict: somebody else was faster.
    """
    row = locked_place(placement, by)
    is_own = bool(plan or contact or every)
    if is_own and not reason:
        raise NoReason
    values = {
        "plan": plan,
        "contact": contact,
        "every": every,
        "plan_reason": reason if is_own else "",
    }
    changed, _ = change_row(row, version, values)
    return changed


@transaction.atomic
def snooze(
    *, placement: Placement, until: dt.date, reason: str, by: User | None, now: dt.datetime
) -> Snooze:
    """Let no debt grow from today until a day, which counts again; a running snooze is changed.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
        ValueError: the day is not after today, or more than a year away.
    """
    day = today(now)
    if not day < until <= day + LONGEST_SNOOZE:
        raise ValueError(f"Nobody is snoozed until {until}.")
    row = locked_place(placement, by)
    spot = {"product_id": row.product_id, "person_id": row.person_id}
    running = Snooze.objects.filter(**spot, until_day__gte=day).order_by("-until_day", "pk").first()
    if running is None:
        return Snooze.objects.create(**spot, from_day=day, until_day=until, reason=reason, by=by)
    running.until_day, running.reason, running.by = until, reason, by
    running.save(update_fields=["until_day", "reason", "by"])
    return running


@transaction.atomic
def end_snooze(*, placement: Placement, by: User, now: dt.datetime) -> bool:
    """Let days count again from today on; whether somebody was snoozed.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    day = today(now)
    row = locked_place(placement, by)
    running = Snooze.objects.filter(
        product_id=row.product_id, person_id=row.person_id, until_day__gt=day
    )
    begun_today, _ = running.filter(from_day__gte=day).delete()
    return bool(running.update(until_day=day) + begun_today)
