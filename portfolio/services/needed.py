"""Decisions that somebody has to take: asked for, changed, taken, dropped, asked for again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from portfolio.enums import DecisionState
from portfolio.models import DecisionNeeded, Product
from portfolio.services import recording

NEEDED_FIELDS = ("what", "who", "by_day", "why")


@transaction.atomic
def ask_for_decision(
    *,
    product: Product,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> DecisionNeeded:
    """Write down what has to be decided, from the `NEEDED_FIELDS`.

    `token` names the form that was sent: sending it again returns the same decision.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    values = recording.allowed(fields, NEEDED_FIELDS)
    needed, is_new = recording.record(
        DecisionNeeded, product, values, token=token, is_demo=is_demo, by=by, now=now
    )
    if is_new:
        _tell("asked for the decision", needed, by, now)
    return needed


@transaction.atomic
def change_needed(
    *,
    needed: DecisionNeeded,
    version: int,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
) -> DecisionNeeded:
    """Change a decision that was read at `version`; the same form sent twice changes it once.

    Raises:
        DecisionNeeded.DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
    """
    values = recording.allowed(fields, NEEDED_FIELDS)
    after, moved = recording.change(needed, version, values, now)
    if moved:
        _tell("changed the decision needed:", after, by, now)
    return after


@transaction.atomic
def decide(
    *, needed: DecisionNeeded, version: int, outcome: str, by: User | None, now: dt.datetime
) -> DecisionNeeded:
    """Keep what was decided.

    Raises:
        DecisionNeeded.DoesNotExist: it is gone.
        Conflict: somebody else changed or ended it; nothing is written.
    """
    after, moved = recording.end(needed, version, DecisionState.DECIDED, outcome, now)
    if moved:
        _tell("kept what was decided:", after, by, now)
    return after


@transaction.atomic
def drop_needed(
    *, needed: DecisionNeeded, version: int, why: str, by: User | None, now: dt.datetime
) -> DecisionNeeded:
    """Say that the decision is no longer needed, and why.

    Raises:
        DecisionNeeded.DoesNotExist: it is gone.
        Conflict: somebody else changed or ended it; nothing is written.
    """
    after, moved = recording.end(needed, version, DecisionState.DROPPED, why, now)
    if moved:
        _tell("no longer needs the decision", after, by, now)
    return after


@transaction.atomic
def reopen_needed(*, needed: DecisionNeeded, by: User | None, now: dt.datetime) -> DecisionNeeded:
    """Ask for the decision again; asking twice changes nothing.

    Raises:
        DecisionNeeded.DoesNotExist: it is gone.
    """
    after, moved = recording.reopen(needed, now)
    if moved:
        _tell("asked again for the decision", after, by, now)
    return after


def _tell(verb: str, needed: DecisionNeeded, by: User | None, now: dt.datetime) -> None:
    log_event(verb=verb, subject=needed, product_id=needed.product_id, by=by, now=now)
