"""Deciding about opportunities: the one way from a problem to now, next, later or no.

Requests are never decided; those behind them hear what was decided about their opportunity, with
the reason. What was known at that moment stays with the decision.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Max

from accounts.models import User
from core.locks import retry_on_deadlock
from core.versions import Conflict
from intake.enums import Decision, StepKind
from intake.models import Opportunity, OpportunityDecision, Request
from intake.rules.evidence import passes_gate
from intake.rules.statuses import OVER
from intake.selectors.independence import Basis, bases_of
from intake.services.opportunities import locked, tell
from intake.services.statuses import refresh_statuses_of
from intake.services.steps import record_steps

UNDECIDED = ""


class NotGated(Exception):
    """*Now* needs evidence that is not the requester's, or to be accepted as a favour."""


class NeedsReason(Exception):
    """Whoever asked reads the reason: there has to be one."""


@retry_on_deadlock
@transaction.atomic
def decide(
    *,
    opportunity: Opportunity,
    version: int,
    decision: str,
    reason: str,
    favour_reason: str = "",
    by: User | None,
    now: dt.datetime,
) -> Opportunity:
    """Decide about the opportunity that was read at `version`; the same decision twice is one.

    A *now* that has independent evidence is no favour, whatever `favour_reason` says. Everybody
    behind its requests hears of it.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
        Conflict: somebody else was faster.
        NeedsReason: `reason` is empty.
        NotGated: *now* without independent evidence and without a `favour_reason`.
    """
    if decision not in Decision.values:
        raise ValueError(f"No decision: {decision!r}")
    row = locked(opportunity.pk)
    basis = bases_of([row.pk])[row.pk]
    is_favour = decision == Decision.NOW and not basis.is_independent and bool(favour_reason)
    if _stands(row, decision, reason, is_favour=is_favour):
        return row
    if row.version != version:
        raise Conflict(row)
    if not reason.strip():
        raise NeedsReason
    if not passes_gate(decision, is_independent=basis.is_independent, is_favour=is_favour):
        raise NotGated
    _keep(row, decision, reason, favour_reason if is_favour else "", basis, by=by, now=now)
    tell(row, f"decided “{Decision(decision).label}” about", by, now)
    _tell_requests(row, StepKind.DECIDED, reason, by, now)
    row.refresh_from_db()
    return row


@retry_on_deadlock
@transaction.atomic
def undecide(
    *, opportunity: Opportunity, version: int, reason: str, by: User | None, now: dt.datetime
) -> Opportunity:
    """Take the decision back, with a reason: it is open again. Twice is once.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
        Conflict: somebody else was faster.
        NeedsReason: `reason` is empty.
    """
    row = locked(opportunity.pk)
    if row.decision == UNDECIDED:
        return row
    if row.version != version:
        raise Conflict(row)
    if not reason.strip():
        raise NeedsReason
    _keep(row, UNDECIDED, reason, "", bases_of([row.pk])[row.pk], by=by, now=now)
    tell(row, "opened again", by, now)
    _tell_requests(row, StepKind.REOPENED, reason, by, now)
    row.refresh_from_db()
    return row


def _stands(row: Opportunity, decision: str, reason: str, *, is_favour: bool) -> bool:
    stands = (row.decision, row.decision_reason, row.is_favour)
    return stands == (decision, reason, is_favour)


def _keep(
    row: Opportunity,
    decision: str,
    reason: str,
    favour_reason: str,
    basis: Basis,
    *,
    by: User | None,
    now: dt.datetime,
) -> None:
    OpportunityDecision.objects.create(
        opportunity=row,
        decision=decision,
        reason=reason,
        is_favour=bool(favour_reason),
        favour_reason=favour_reason,
        people=basis.people,
        has_independent=basis.is_independent,
        by=by,
        at=now,
    )
    Opportunity.objects.filter(pk=row.pk).update(
        decision=decision,
        decision_reason=reason if decision else "",
        is_favour=bool(favour_reason),
        decided_at=now if decision else None,
        position=row.position if decision == row.decision else _last_place(row, decision),
        changed_at=now,
        version=F("version") + 1,
    )


def _last_place(row: Opportunity, decision: str) -> float:
    column = Opportunity.objects.present().filter(product=row.product_id, decision=decision)
    last: float | None = column.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _tell_requests(
    row: Opportunity, kind: StepKind, reason: str, by: User | None, now: dt.datetime
) -> None:
    """Bring the requests up to date, and write into each what happened and why.

    What somebody answered or withdrew is over, and hears nothing more; a duplicate hears it from
    the one that is kept if that is part of the opportunity too.
    """
    refresh_statuses_of(opportunity=row, now=now)
    requests = Request.objects.part_of(row.pk).exclude(outcome__in=OVER)
    record_steps(
        requests=requests.order_by("pk"), kind=kind, by=by, now=now, text=reason, opportunity=row
    )
