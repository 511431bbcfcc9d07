"""Giving many products the same team, stage, portfolio, function or manager, in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from portfolio.models import BulkChange, BulkChangeRow
from portfolio.selectors.bulk import CHANGED, LEFT, Planned, Wanted, bulk_plan
from portfolio.services.bulk.storing import Step, lock_products, tell, write
from portfolio.services.people import CannotSignIn


@transaction.atomic
def apply_bulk(
    *, key: UUID, wanted: Wanted, seen: Mapping[int, str], by: User, now: dt.datetime
) -> BulkChange:
    """Change the products that were seen so in the preview; the change, with a row for each.

    What `by` may not change, what is so already, what is archived and what somebody has changed
    meanwhile stays as it is; `BulkChange.fields["left"]` says which and why. The same `key` sent
    again changes nothing more. A fixed number of statements, however many products.

    Raises:
        CannotSignIn: the account that shall manage them is deactivated.
        BulkChange.DoesNotExist: the key is of somebody else's change.
    """
    if wanted.manager is not None and not wanted.manager.is_active:
        raise CannotSignIn(str(wanted.manager))
    change, is_new = BulkChange.objects.get_or_create(
        pk=key, defaults={"by": by, "at": now, "fields": wanted.as_json()}
    )
    if change.by_id != by.pk:
        raise BulkChange.DoesNotExist
    if not is_new:
        return change
    lock_products(seen)
    plan = bulk_plan(by, seen.keys(), wanted, day=today(now), seen=seen)
    steps = [_step(planned, wanted) for planned in plan.changes]
    done = write(steps, day=today(now), now=now)
    written = {step.product.pk for step in done}
    left = [(one.product.pk, one.reason) for one in plan.left]
    left += [(one.product.pk, CHANGED) for one in plan.changes if one.product.pk not in written]
    if left:
        change.fields = {**change.fields, LEFT: left}
        change.save(update_fields=["fields"])
    BulkChangeRow.objects.bulk_create(
        BulkChangeRow(change=change, product=one.product, before=one.before, after=one.after)
        for one in done
    )
    tell(done, "changed", change.pk, by=by, now=now)
    return change


def _step(planned: Planned, wanted: Wanted) -> Step:
    people = {pk: row.user for pk, row in planned.memberships.items()}
    if wanted.manager is not None:
        people[wanted.manager.pk] = wanted.manager
    return Step(planned.product, planned.before, planned.after, people)
