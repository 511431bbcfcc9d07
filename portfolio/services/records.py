"""Saying that a product's record is still right."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from portfolio.models import Product


@transaction.atomic
def confirm_product(*, product: Product, by: User, now: dt.datetime) -> bool:
    """Say that all of it is still right today; saying it twice a day says it once.

    It is no change of the record: forms that are open meanwhile can still be saved.
    Returns whether something was written.
    """
    day = today(now)
    rows = Product.objects.filter(pk=product.pk).exclude(confirmed_on=day, confirmed_by=by)
    if not rows.update(confirmed_on=day, confirmed_by=by):
        return False
    log_event(verb="confirmed", subject=product, product_id=product.pk, by=by, now=now)
    return True


@transaction.atomic
def unconfirm_product(
    *, product: Product, on: dt.date | None, who: int | None, by: User, now: dt.datetime
) -> bool:
    """Undo: what stood before `by` confirmed it today (`on`, `who`: a key) stands again.

    Returns whether it did: not where somebody else has confirmed it since, or on another day.
    """
    rows = Product.objects.filter(pk=product.pk, confirmed_on=today(now), confirmed_by=by)
    known = User.objects.filter(pk=who).first() if who else None
    if not rows.update(confirmed_on=on, confirmed_by=known):
        return False
    log_event(verb="took back that they confirmed", subject=product, product_id=product.pk, by=by,
              now=now)  # fmt: skip
    return True
