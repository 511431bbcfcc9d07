"""Writing opportunities down: a problem in one sentence, why it matters, how it fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from activity.services import log_event
from core.versions import change_row
from intake.enums import BLANKS
from intake.models import Candidate, Opportunity
from portfolio.models import Product

EDITABLE = frozenset({"problem", "why", "alignment", "alignment_why"})


@transaction.atomic
def create_opportunity(
    *,
    product: Product,
    problem: str,
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    why: str = "",
    is_demo: bool = False,
) -> Opportunity:
    """A new problem of the product, undecided, with its three blank candidates.

    `token` names the form that was sent: sending it again gives the same opportunity; one that has
    made an opportunity of another product names nothing here.
    """
    if (known := _of_form(product, token)) is not None:
        return known
    new = Opportunity(
        product=product,
        problem=problem,
        why=why,
        by=by,
        form_token=None if _is_taken(token) else token,
        is_demo=is_demo,
        created_at=now,
        changed_at=now,
    )
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        known = _of_form(product, token)
        if "form_token" not in str(error) or known is None:
            raise
        return known
    Candidate.objects.bulk_create(
        Candidate(opportunity=new, kind=kind, position=place) for place, kind in enumerate(BLANKS)
    )
    tell(new, "wrote down the opportunity", by, now)
    return new


@transaction.atomic
def change_opportunity(
    *, opportunity: Opportunity, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> Opportunity:
    """Change the `EDITABLE` fields of the opportunity that was read at `version`.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
        Conflict: somebody else was faster.
    """
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"Not to be changed here: {sorted(unknown)}")
    row = locked(opportunity.pk)
    after, has_changed = change_row(row, version, fields)
    if has_changed:
        touch(after, now)
        tell(after, "changed the opportunity", by, now)
    return after


def locked(opportunity_id: int) -> Opportunity:
    """The opportunity, held until the end of the transaction: whoever writes about it queues here.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    rows = Opportunity.objects.present().select_related("product")
    found: Opportunity = rows.select_for_update(of=("self",), no_key=True).get(pk=opportunity_id)
    return found


def touch(opportunity: Opportunity, now: dt.datetime) -> None:
    """Note that something about it changed."""
    Opportunity.objects.filter(pk=opportunity.pk).update(changed_at=now)


def tell(opportunity: Opportunity, verb: str, by: User | None, now: dt.datetime) -> None:
    """A line in the product's activity, which every reader of the product may see."""
    log_event(verb=verb, subject=opportunity, product_id=opportunity.product_id, by=by, now=now)


def _of_form(product: Product, token: UUID | None) -> Opportunity | None:
    if token is None:
        return None
    return Opportunity.objects.filter(product=product, form_token=token).first()


def _is_taken(token: UUID | None) -> bool:
    return token is not None and Opportunity.objects.filter(form_token=token).exists()
