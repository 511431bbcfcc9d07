"""The same action on several requests: what can be done is done, the rest says why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from core.locks import retry_on_deadlock
from core.versions import Conflict
from intake.models import Opportunity, Request
from intake.services import duplicates, linking, triage
from intake.services.requests import IsClosed

REFUSALS: tuple[type[Exception], ...] = (
    Conflict,
    IsClosed,
    Opportunity.DoesNotExist,
    Request.DoesNotExist,
    duplicates.KeptWithdrawn,
    duplicates.OtherProduct,
    duplicates.SameRequest,
    linking.AlreadyLinked,
    linking.NotUnderstood,
    triage.IsDecided,
    triage.NotAhead,
    triage.NotOfTeam,
    triage.NoWords,
)
MOST = 50


@dataclass(frozen=True, slots=True)
class Picked:
    """A request as it was ticked: at the version that was read."""

    request: Request
    version: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them: the request as it is now, or why nothing was done."""

    picked: Picked
    after: Request | None = None
    refusal: Exception | None = None


@retry_on_deadlock
@transaction.atomic
def do_each(*, picks: Sequence[Picked], run: Callable[[Picked], object]) -> list[Result]:
    """Do `run`, a service on one request, with each; they are locked by key, and all or none are
    written where the database itself fails.

    Raises:
        ValueError: more than 50.
    """
    if len(picks) > MOST:
        raise ValueError("Too many at once.")
    return [_one(picked, run) for picked in sorted(picks, key=lambda one: one.request.pk)]


def _one(picked: Picked, run: Callable[[Picked], object]) -> Result:
    try:
        with transaction.atomic():
            run(picked)
    except REFUSALS as refusal:
        return Result(picked, refusal=refusal)
    return Result(picked, after=Request.objects.get(pk=picked.request.pk))
