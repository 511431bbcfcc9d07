"""Kept days worked out again with the settings and plans of today: asked for, with a reason.

The row is the truth. A chunk is one transaction that holds the row, so nobody else works on it;
after a crash the next one begins at `reached`. What is stored then carries today's settings and
plan, so later roll-ups keep it, by the as-of rule itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.selectors import today as local_today
from activity.services import Happening, log_events
from core.locks import retry_on_deadlock
from health.models import Recompute
from health.selectors import (
    Renewal,
    current_settings,
    products_to_recompute,
    settings_row,
    touched_by,
)
from health.services.locking import lock_products
from health.services.roll_up import make_room, store_days
from health.services.settings import ensure_settings

if TYPE_CHECKING:
    from accounts.models import User
    from portfolio.models import Product

VERB = "worked out again"
SUBJECT = Recompute._meta.label_lower
# Product-days that one transaction works out, about, and products at most.
CHUNK_DAYS = 4000
MOST_PRODUCTS = 500


class DaysRefused(ValueError):
    """These days can't be worked out again; the words say why."""


def ask_recompute(
    *,
    first: dt.date,
    last: dt.date,
    product: Product | None,
    why: str,
    by: User,
    now: dt.datetime,
    token: uuid.UUID | None = None,
) -> Recompute:
    """Write down that the kept days from `first` to `last` are to be worked out again.

    With the settings in force now; the same `token` twice asks once.

    Raises:
        DaysRefused: the days are in the wrong order, or the last one is not over.
    """
    if last < first:
        raise DaysRefused("The last day must not be before the first.")
    if last >= local_today(now):
        raise DaysRefused("Only days that are over: today always uses what is in force.")
    ensure_settings(now=now)
    known = Recompute.objects.filter(form_token=token).first() if token else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Recompute.objects.create(
                product=product, first=first, last=last, why=why, by=by, asked_at=now,
                form_token=token, settings_id=current_settings().pk,
            )  # fmt: skip
    except IntegrityError:  # the same form, sent at the same moment
        return Recompute.objects.get(form_token=token)


@retry_on_deadlock
@transaction.atomic
def recompute_some(*, now: dt.datetime) -> bool:
    """Work out the next products of the oldest recompute that nobody is at; whether there was one.

    Safe to run twice, at once, and after any crash.
    """
    row = (
        Recompute.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(done_at__isnull=True)
        .order_by("pk")
        .first()
    )
    if row is None:
        return False
    product_ids = products_to_recompute(row, _chunk_of(row))
    if product_ids:
        make_room()
        row.days += _work_out(row, product_ids, now)
        row.reached = product_ids[-1]
    else:
        row.done_at = now
    row.save(update_fields=["days", "reached", "done_at"])
    return True


def _chunk_of(row: Recompute) -> int:
    """So many products that their days are about `CHUNK_DAYS`, if all days were kept."""
    days = (row.last - row.first).days + 1
    return max(1, min(MOST_PRODUCTS, CHUNK_DAYS // days))


def _work_out(row: Recompute, product_ids: Collection[int], now: dt.datetime) -> int:
    """The days of these products, and those 28 days on, which compare with them; how many."""
    today = local_today(now)
    alive = lock_products(product_ids)
    wanted = settings_row(row.settings_id) or current_settings()
    renewal = Renewal(wanted, row.first, min(row.last, today - dt.timedelta(days=1)))
    work: dict[int, set[dt.date]] = {}
    for pk, day in touched_by(alive, row.first, renewal.last):
        work.setdefault(pk, set()).add(day)
    store_days({pk: sorted(days) for pk, days in work.items()}, today, now, renewal)
    counted = {pk: sum(map(renewal.covers, days)) for pk, days in work.items()}
    told = [
        Happening(
            verb=VERB,
            subject_type=SUBJECT,
            subject_id=row.pk,
            subject_label=str(row),
            product_id=pk,
            data={"days": amount},
        )
        for pk, amount in counted.items()
        if amount
    ]
    log_events(told, by=row.by, now=now)
    return sum(counted.values())
