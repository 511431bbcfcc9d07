"""Two requests that say the same: one is kept, and the other one's people count for it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core.locks import retry_on_deadlock
from core.versions import Conflict
from intake.enums import Outcome, Status, StepKind
from intake.models import Request, RequestStep
from intake.services.requests import change, check_open, check_version, locked, locked_all
from intake.services.statuses import refresh_status
from intake.services.steps import record_step


class SameRequest(Exception):
    """A request is not its own duplicate, not even by a detour."""


class OtherProduct(Exception):
    """They belong to different products."""


class KeptWithdrawn(Exception):
    """Whoever asked the other one has withdrawn it: nothing would become of this one there."""


@retry_on_deadlock
@transaction.atomic
def merge_requests(
    *, kept: Request, gone: Request, version: int, by: User, now: dt.datetime
) -> Request:
    """Close `gone`, read at `version`, as the same as `kept`; returns `kept`.

    Voices stay with the request they were given to and count for the kept one. Chains are
    flattened: a kept one that is a duplicate itself stands for the one it is the same as, and what
    was the same as `gone` follows it there.

    Raises:
        SameRequest: both are one already, the other way round.
        OtherProduct: they are of different products.
        KeptWithdrawn: the kept one was withdrawn.
        IsClosed: `gone` is closed for another reason.
        Conflict: somebody else was faster.
    """
    root_id = kept.duplicate_of_id or kept.pk
    followers = Request.objects.filter(duplicate_of=gone.pk).values_list("pk", flat=True)
    rows = locked_all({root_id, gone.pk, *followers})
    root, row = rows[root_id], rows[gone.pk]
    if row.duplicate_of_id == root.pk:
        return root
    _check(root, row, version)
    closing = {"status": Status.CLOSED, "outcome": Outcome.DUPLICATE, "closed_at": now}
    set_aside = {"status_before": row.status, "needs_info": False, "snoozed_until": None}
    change(row, version, {**closing, **set_aside, "duplicate_of": root}, now)
    Request.objects.filter(duplicate_of=row.pk).update(
        duplicate_of=root, changed_at=now, version=F("version") + 1
    )
    _tell(root, row, StepKind.MERGED, by, now)
    return root


def _check(root: Request, row: Request, version: int) -> None:
    if root.pk == row.pk:
        raise SameRequest
    if root.duplicate_of_id is not None:  # became one meanwhile
        raise Conflict(root)
    if root.product_id != row.product_id:
        raise OtherProduct
    if root.outcome == Outcome.WITHDRAWN:
        raise KeptWithdrawn
    check_version(row, version)
    check_open(row)


@retry_on_deadlock
@transaction.atomic
def unmerge_request(*, request: Request, version: int, by: User, now: dt.datetime) -> Request:
    """Take a merge back: the request stands again where it stood, or where it belongs by now.

    What had been found to be the same as it before that goes back to it.

    Raises:
        Conflict: somebody else was faster.
    """
    root_id = Request.objects.get(pk=request.pk).duplicate_of_id
    if root_id is None:
        return locked(request.pk)
    rows = locked_all({request.pk, root_id})
    row, kept = rows[request.pk], rows[root_id]
    if row.duplicate_of_id != root_id:  # something else meanwhile
        raise Conflict(row)
    check_version(row, version)
    opened = {"status": row.status_before or Status.NEW, "outcome": "", "closed_at": None}
    row, _ = change(row, version, {**opened, "status_before": "", "duplicate_of": None}, now)
    _take_followers_back(row, kept, now)
    refresh_status(request=row, now=now)
    _tell(kept, row, StepKind.UNMERGED, by, now)
    return row


def _take_followers_back(row: Request, kept: Request, now: dt.datetime) -> None:
    """What was merged into `row` itself has that as the last thing said about being the same."""
    last = RequestStep.objects.filter(
        request__duplicate_of=kept, kind=StepKind.MERGED, is_internal=False
    )
    latest = last.order_by("request_id", "-at", "-pk").distinct("request_id")
    own = [step.request_id for step in latest if step.text == row.reference]
    Request.objects.filter(pk__in=own).update(
        duplicate_of=row, changed_at=now, version=F("version") + 1
    )


def _tell(kept: Request, gone: Request, kind: StepKind, by: User, now: dt.datetime) -> None:
    """In both histories, each with the reference of the other one.

    Those behind the kept one are not told: nothing changes for them. Where a request went is read
    from the step of `gone`, which is not internal.
    """
    record_step(request=gone, kind=kind, by=by, now=now, text=kept.reference)
    record_step(request=kept, kind=kind, by=by, now=now, text=gone.reference, is_internal=True)
