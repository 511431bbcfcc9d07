"""Judging how well a product serves a goal."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from core.versions import Conflict, change_row
from personas.models import Fit, Goal
from portfolio.models import Product


@transaction.atomic
def judge_fit(
    *,
    product: Product,
    goal: Goal,
    version: int,
    level: int | None,
    evidence: str,
    judged_on: dt.date,
    by: User | None,
    now: dt.datetime,
) -> Fit | None:
    """Say how well the product serves the goal; None takes the judgement back.

    `version` is that of the judgement that was read, 0 where there was none.

    Raises:
        Goal.DoesNotExist, Product.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    # First the goal, as the deletion of its persona does. Writers of one product queue, so that two
    # first judgements don't meet.
    Goal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
    Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    standing = Fit.objects.filter(product=product, goal=goal).first()
    if level is None:
        _take_back(standing, version, by, now)
        return None
    values = {"level": level, "evidence": evidence, "judged_on": judged_on}
    if standing is None:
        fit, has_changed = Fit.objects.create(product=product, goal=goal, **values), True
    else:
        fit, has_changed = change_row(standing, version, values)
    if has_changed:
        _log(fit, f"judged {level} of 4 for", by, now)
    return fit


def _take_back(fit: Fit | None, version: int, by: User | None, now: dt.datetime) -> None:
    if fit is None:
        return
    if fit.version != version:
        raise Conflict(fit)
    _log(fit, "took a judgement back from", by, now)
    fit.delete()


def _log(fit: Fit, verb: str, by: User | None, now: dt.datetime) -> None:
    if by is None and fit.product.is_demo:
        return
    log_event(
        verb=verb,
        subject=fit.product,
        product_id=fit.product_id,
        by=by,
        now=now,
        data={"detail": str(fit.goal)},
    )
