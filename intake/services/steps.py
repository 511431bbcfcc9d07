"""What happened to a request: the one place that writes it down and tells those behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from intake.enums import StepKind
from intake.models import Opportunity, Request, RequestStep
from intake.services.news import tell_people


def record_step(
    *,
    request: Request,
    kind: StepKind,
    by: User | None,
    now: dt.datetime,
    text: str = "",
    opportunity: Opportunity | None = None,
    is_internal: bool = False,
) -> RequestStep:
    """Write down that something happened to `request`; called inside the change's transaction.

    `by` is None where a guest or Homegrown itself did it; `is_internal` steps are the team's own.
    All others are told to those behind the request, in the same transaction.
    """
    return record_steps(
        requests=[request],
        kind=kind,
        by=by,
        now=now,
        text=text,
        opportunity=opportunity,
        is_internal=is_internal,
    )[0]


@transaction.atomic(savepoint=False)
def record_steps(
    *,
    requests: Iterable[Request],
    kind: StepKind,
    by: User | None,
    now: dt.datetime,
    text: str = "",
    opportunity: Opportunity | None = None,
    is_internal: bool = False,
) -> list[RequestStep]:
    """The same for many requests at once: each person's mail is written once for all of them.

    Whoever writes steps of several requests in one transaction does it here, so that days of news
    are held in one order.
    """
    steps = RequestStep.objects.bulk_create(
        RequestStep(
            request=request,
            kind=kind,
            by=by,
            at=now,
            text=text,
            opportunity=opportunity,
            is_internal=is_internal,
        )
        for request in requests
    )
    tell_people(steps=steps, now=now)
    return steps
