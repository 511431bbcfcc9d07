"""Risks of a product: noted, changed, over or happened, open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from portfolio.enums import RiskState
from portfolio.models import Product, Risk
from portfolio.services import recording

RISK_FIELDS = ("what", "severity", "owner", "until", "plan")
_ENDS = {RiskState.OVER: "closed the risk", RiskState.HAPPENED: "told that it happened:"}


@transaction.atomic
def note_risk(
    *,
    product: Product,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Risk:
    """Write down what may go wrong, from the `RISK_FIELDS`.

    `token` names the form that was sent: sending it again returns the same risk.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    values = recording.allowed(fields, RISK_FIELDS)
    risk, is_new = recording.record(
        Risk, product, values, token=token, is_demo=is_demo, by=by, now=now
    )
    if is_new:
        _tell("noted the risk", risk, by, now)
    return risk


@transaction.atomic
def change_risk(
    *, risk: Risk, version: int, fields: Mapping[str, Any], by: User | None, now: dt.datetime
) -> Risk:
    """Change a risk that was read at `version`; the same form sent twice changes it once.

    Raises:
        Risk.DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
    """
    values = recording.allowed(fields, RISK_FIELDS)
    after, moved = recording.change(risk, version, values, now)
    if moved:
        _tell("changed the risk", after, by, now)
    return after


@transaction.atomic
def end_risk(
    *,
    risk: Risk,
    version: int,
    state: RiskState,
    outcome: str,
    by: User | None,
    now: dt.datetime,
) -> Risk:
    """Say that it is over or has happened, and what became of it.

    Raises:
        ValueError: `state` is not an end.
        Risk.DoesNotExist: it is gone.
        Conflict: somebody else changed or ended it; nothing is written.
    """
    if state not in _ENDS:
        raise ValueError(f"Not an end of a risk: {state}")
    after, moved = recording.end(risk, version, state, outcome, now)
    if moved:
        _tell(_ENDS[state], after, by, now)
    return after


@transaction.atomic
def reopen_risk(*, risk: Risk, by: User | None, now: dt.datetime) -> Risk:
    """Open the risk again; opening it twice changes nothing.

    Raises:
        Risk.DoesNotExist: it is gone.
    """
    after, moved = recording.reopen(risk, now)
    if moved:
        _tell("reopened the risk", after, by, now)
    return after


def _tell(verb: str, risk: Risk, by: User | None, now: dt.datetime) -> None:
    log_event(verb=verb, subject=risk, product_id=risk.product_id, by=by, now=now)
