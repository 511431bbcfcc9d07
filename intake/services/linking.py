"""Requests and the opportunities they are about, many to many."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.locks import retry_on_deadlock
from intake.enums import Status, StepKind
from intake.models import Opportunity, Request, RequestLink
from intake.rules import Outcome
from intake.rules.statuses import CLOSED_BY_SOMEBODY
from intake.services import opportunities
from intake.services.duplicates import OtherProduct
from intake.services.requests import IsClosed, change, check_version, locked
from intake.services.statuses import refresh_status
from intake.services.steps import record_step


class NotUnderstood(Exception):
    """It has no problem statement yet: there is nothing that an opportunity could be about."""


class AlreadyLinked(Exception):
    """The request is part of it: there is nothing to do, and nothing to take back."""


@retry_on_deadlock
@transaction.atomic
def link_request(
    *, request: Request, version: int, opportunity: Opportunity, by: User, now: dt.datetime
) -> Request:
    """Make a request that was read at `version` part of an opportunity.

    What was decided about the opportunity already reaches those behind the request with it.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
        NotUnderstood: the request has no problem statement.
        OtherProduct: they are of different products.
        IsClosed: somebody answered or withdrew it, or it is the same as another.
        Conflict: somebody else was faster.
    """
    held = opportunities.locked(opportunity.pk)
    row = locked(request.pk)
    if RequestLink.objects.filter(request=row, opportunity=held).exists():
        return row
    check_version(row, version)
    _check(row, held)
    RequestLink.objects.create(request=row, opportunity=held, by=by, at=now)
    if row.snoozed_until or row.needs_info:
        row, _ = change(row, version, {"snoozed_until": None, "needs_info": False}, now)
    opportunities.touch(held, now)
    refresh_status(request=row, now=now)
    record_step(request=row, kind=StepKind.LINKED, by=by, now=now, opportunity=held)
    _tell_what_is_known(row, held, by, now)
    return row


def _tell_what_is_known(row: Request, held: Opportunity, by: User, now: dt.datetime) -> None:
    """A late comer hears what the others have heard."""
    if held.decision:
        record_step(
            request=row,
            kind=StepKind.DECIDED,
            by=by,
            now=now,
            text=held.decision_reason,
            opportunity=held,
        )
    shipped = row.steps.filter(kind=StepKind.SHIPPED, opportunity=held)
    if held.shipped_at is not None and not shipped.exists():
        record_step(request=row, kind=StepKind.SHIPPED, by=by, now=now, opportunity=held)


def _check(row: Request, opportunity: Opportunity) -> None:
    if row.product_id != opportunity.product_id:
        raise OtherProduct
    if row.status == Status.CLOSED and Outcome(row.outcome) in CLOSED_BY_SOMEBODY:
        raise IsClosed
    if not row.problem:
        raise NotUnderstood


@retry_on_deadlock
@transaction.atomic
def link_to_new(
    *,
    request: Request,
    version: int,
    problem: str,
    by: User,
    now: dt.datetime,
    token: UUID | None = None,
) -> tuple[Request, Opportunity]:
    """Write down a new opportunity and make the request part of it.

    `token` names the form: sent twice it makes one.

    Raises:
        NotUnderstood, IsClosed, Conflict: as `link_request`; nothing is written then.
    """
    made = opportunities.create_opportunity(
        product=request.product, problem=problem, by=by, now=now, token=token
    )
    row = link_request(request=request, version=version, opportunity=made, by=by, now=now)
    return row, made


@retry_on_deadlock
@transaction.atomic
def unlink_request(
    *, request: Request, opportunity: Opportunity, by: User, now: dt.datetime
) -> Request:
    """Take a request out of an opportunity again; a second time changes nothing.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    held = opportunities.locked(opportunity.pk)
    row = locked(request.pk)
    gone, _ = RequestLink.objects.filter(request=row, opportunity=held).delete()
    if not gone:
        return row
    opportunities.touch(held, now)
    refresh_status(request=row, now=now)
    record_step(request=row, kind=StepKind.UNLINKED, by=by, now=now, opportunity=held)
    return row
