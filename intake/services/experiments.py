"""Experiments: criteria before the start, an end, a lesson (features.md O8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from core.versions import Conflict, change_row
from intake.enums import ExperimentOutcome
from intake.models import Experiment, ExperimentExtension, Opportunity
from intake.rules.experiments import MOST_EXTENSIONS
from intake.services.opportunities import locked, touch

EDITABLE = frozenset({"what", "criteria", "ends_on"})


class CriteriaLocked(Exception):
    """It has started: what it has to show, and until when, stays."""


class NotRunning(Exception):
    """It has not started, or is over."""


class NoMoreExtensions(Exception):
    """Its end was put off twice already."""


class EndsTooSoon(Exception):
    """The end has to lie after today, and after the end so far."""


@transaction.atomic
def plan_experiment(
    *,
    opportunity: Opportunity,
    what: str,
    criteria: str,
    ends_on: dt.date,
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
) -> Experiment:
    """Something to try, not started yet; the same form (`token`) sent twice does it once.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    row = locked(opportunity.pk)
    if token is not None:
        known: Experiment | None = row.experiments.filter(form_token=token).first()
        if known is not None:
            return known
    taken = token is not None and Experiment.objects.filter(form_token=token).exists()
    touch(row, now)
    made: Experiment = row.experiments.create(
        what=what,
        criteria=criteria,
        ends_on=ends_on,
        by=by,
        created_at=now,
        form_token=None if taken else token,
    )
    return made


@transaction.atomic
def change_experiment(
    *, experiment: Experiment, version: int, fields: Mapping[str, Any], now: dt.datetime
) -> Experiment:
    """Change what is planned, over what was read at `version`.

    Raises:
        CriteriaLocked: it has started.
        Conflict: somebody else was faster.
    """
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"Not to be changed here: {sorted(unknown)}")
    before = _held(experiment)
    if before.started_on is not None:
        raise CriteriaLocked
    after, has_changed = change_row(before, version, fields)
    if has_changed:
        touch(before.opportunity, now)
    return after


@transaction.atomic
def start_experiment(*, experiment: Experiment, now: dt.datetime) -> Experiment:
    """From here on its criteria stay; starting twice starts once.

    Raises:
        EndsTooSoon: it would be over already.
    """
    row = _held(experiment)
    if row.started_on is not None:
        return row
    day = today(now)
    if row.ends_on < day:
        raise EndsTooSoon
    return _write(row, now, started_on=day)


@transaction.atomic
def end_experiment(
    *, experiment: Experiment, version: int, outcome: str, learned: str, now: dt.datetime
) -> Experiment:
    """Stop or continue with what was tried, and what was learned; the same end twice is one.

    Raises:
        NotRunning: it has not started, or ended otherwise.
        Conflict: somebody else was faster.
    """
    row = _held(experiment)
    outcome = ExperimentOutcome(outcome)
    if (row.outcome, row.learned) == (outcome, learned):
        return row
    if not row.started_on or row.outcome:
        raise NotRunning
    if row.version != version:
        raise Conflict(row)
    return _write(row, now, outcome=outcome, learned=learned, ended_at=now)


@transaction.atomic
def extend_experiment(
    *, experiment: Experiment, until: dt.date, reason: str, by: User, now: dt.datetime
) -> Experiment:
    """Put its end off, with a reason, at most twice; to the same day twice is once.

    Raises:
        NotRunning: it has not started, or is over.
        NoMoreExtensions: it was put off twice.
        EndsTooSoon: `until` is not later than the end so far, or not in the future.
    """
    row = _held(experiment)
    if not row.started_on or row.outcome:
        raise NotRunning
    extensions = list(row.extensions.all())
    if extensions and (extensions[-1].until, extensions[-1].reason) == (until, reason):
        return row
    if len(extensions) >= MOST_EXTENSIONS:
        raise NoMoreExtensions
    if until <= max(row.ends_on, today(now)):
        raise EndsTooSoon
    ExperimentExtension.objects.create(
        experiment=row, number=len(extensions) + 1, until=until, reason=reason, by=by, at=now
    )
    return _write(row, now, ends_on=until)


@transaction.atomic
def delete_experiment(*, experiment: Experiment, now: dt.datetime) -> None:
    """Drop what was only planned.

    Raises:
        CriteriaLocked: it has started, and is part of the history.
    """
    row = _held(experiment)
    if row.started_on is not None:
        raise CriteriaLocked
    row.delete()
    touch(row.opportunity, now)


def _held(experiment: Experiment) -> Experiment:
    """The experiment, with its opportunity locked: its writers queue there.

    Raises:
        Opportunity.DoesNotExist, Experiment.DoesNotExist: it is gone, or merged into another.
    """
    opportunity = locked(experiment.opportunity_id)
    row: Experiment = opportunity.experiments.get(pk=experiment.pk)
    row.opportunity = opportunity
    return row


def _write(row: Experiment, now: dt.datetime, **values: Any) -> Experiment:
    Experiment.objects.filter(pk=row.pk).update(**values, version=F("version") + 1)
    touch(row.opportunity, now)
    row.refresh_from_db()
    return row
