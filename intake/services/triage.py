"""What a product's team does with a request: understand it, answer it, ask back, set it aside.

None of it decides anything: whether something is built is decided of opportunities alone
(`services/deciding.py`), and a request follows (`services/statuses.py`). The history of a request
are its steps; the activity of its product tells nothing of it, as any reader may see that.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from intake.enums import Outcome, Status, StepKind
from intake.models import Request
from intake.querysets import triaged_by
from intake.services.requests import change, check_open, has, locked
from intake.services.statuses import refresh_status
from intake.services.steps import record_step

LONGEST_SNOOZE = dt.timedelta(days=366)
# A request closes so with its opportunities, and opens again with them.
NOT_BY_HAND = (Outcome.SHIPPED, Outcome.DECLINED)
BACK = {"needs_info": False, "snoozed_until": None}


class NoWords(Exception):
    """It takes a text."""


class IsDecided(Exception):
    """An opportunity has decided it: an answer would say something else."""


class NotAnswered(Exception):
    """Only what was answered is opened again by hand; everything else follows something."""


class NotAhead(Exception):
    """The day is not ahead, or too far."""


class NotOfTeam(Exception):
    """That person does not work on the product."""


@transaction.atomic
def understand(
    *, request: Request, version: int, problem: str, by: User, now: dt.datetime
) -> Request:
    """Say what the problem is, in the manager's own words; may be said better later.

    Raises:
        NoWords: without a problem nothing is understood.
        IsClosed: the request is closed.
        Conflict: somebody else was faster.
    """
    if not problem.strip():
        raise NoWords
    row = locked(request.pk)
    if has(row, {"problem": problem}):
        return row
    check_open(row)
    row, _ = change(row, version, {"problem": problem, **BACK}, now)
    refresh_status(request=row, now=now)
    record_step(request=row, kind=StepKind.UNDERSTOOD, by=by, now=now, text=problem)
    return row


@transaction.atomic
def answer(*, request: Request, version: int, text: str, by: User, now: dt.datetime) -> Request:
    """Close a request with an answer: how it can be done today, or where else to turn.

    It is no decision: nothing is promised and nothing refused.

    Raises:
        NoWords: without a text.
        IsClosed: the request is closed.
        IsDecided: its opportunities were decided; they answer it.
        Conflict: somebody else was faster.
    """
    if not text.strip():
        raise NoWords
    row = locked(request.pk)
    if has(row, {"outcome": Outcome.ANSWERED, "answer": text}):
        return row
    check_open(row)
    if row.status == Status.DECIDED:
        raise IsDecided
    closing = {"status": Status.CLOSED, "outcome": Outcome.ANSWERED, "closed_at": now}
    row, _ = change(row, version, {**closing, "answer": text, **BACK}, now)
    record_step(request=row, kind=StepKind.ANSWERED, by=by, now=now, text=text)
    return row


@transaction.atomic
def reopen(*, request: Request, version: int, by: User, now: dt.datetime) -> Request:
    """Take an answer back: the request stands again where it belongs.

    Raises:
        NotAnswered: it is closed for another reason.
        Conflict: somebody else was faster.
    """
    row = locked(request.pk)
    if row.status != Status.CLOSED:
        return row
    if row.outcome != Outcome.ANSWERED:
        raise NotAnswered
    # Where a request stands without a problem; the rest is found from there.
    opened = {"status": Status.NEW, "outcome": "", "closed_at": None, "answer": ""}
    row, _ = change(row, version, opened, now)
    refresh_status(request=row, now=now)
    record_step(request=row, kind=StepKind.REOPENED, by=by, now=now)
    return row


@transaction.atomic
def ask_back(
    *, request: Request, version: int, question: str, by: User, now: dt.datetime
) -> Request:
    """Ask those behind a request something; it waits for them until somebody replies.

    Raises:
        NoWords: without a question.
        IsClosed: the request is closed.
        Conflict: somebody else was faster.
    """
    if not question.strip():
        raise NoWords
    row = locked(request.pk)
    check_open(row)
    asked = {"question": question, "needs_info": True}
    row, is_new = change(row, version, asked, now)
    if is_new:
        record_step(request=row, kind=StepKind.ASKED, by=by, now=now, text=question)
    return row


@transaction.atomic
def snooze(
    *, request: Request, version: int, until: dt.date, reason: str, by: User, now: dt.datetime
) -> Request:
    """Put a request off until a day of the organisation; those behind it don't hear of it.

    Raises:
        NoWords: without a reason.
        NotAhead: `until` is not in the next 366 days.
        IsClosed: the request is closed.
        Conflict: somebody else was faster.
    """
    if not reason.strip():
        raise NoWords
    day = today(now)
    if not day < until <= day + LONGEST_SNOOZE:
        raise NotAhead
    row = locked(request.pk)
    check_open(row)
    row, is_new = change(row, version, {"snoozed_until": until}, now)
    if is_new:
        record_step(
            request=row, kind=StepKind.SNOOZED, by=by, now=now, text=reason, is_internal=True
        )
    return row


@transaction.atomic
def unsnooze(*, request: Request, version: int, by: User, now: dt.datetime) -> Request:
    """Let a request wait again from now on.

    Raises:
        Conflict: somebody else was faster.
    """
    row, _ = change(locked(request.pk), version, {"snoozed_until": None}, now)
    return row


@transaction.atomic
def assign(
    *, request: Request, version: int, assignee: User | None, by: User, now: dt.datetime
) -> Request:
    """Say who looks after a request; None: nobody in particular.

    Raises:
        NotOfTeam: `assignee` does not work on the product.
        Conflict: somebody else was faster.
    """
    row = locked(request.pk)
    if assignee is not None and not triaged_by(assignee).filter(pk=row.product_id).exists():
        raise NotOfTeam
    row, _ = change(row, version, {"assignee": assignee}, now)
    return row


@transaction.atomic
def set_private(
    *, request: Request, version: int, is_private: bool, by: User, now: dt.datetime
) -> Request:
    """Keep a request to the product's team and those behind it, or let others find it again.

    Raises:
        Conflict: somebody else was faster.
    """
    row, _ = change(locked(request.pk), version, {"is_private": is_private}, now)
    return row
