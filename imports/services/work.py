"""The worker's part: check, import or undo a run that is its turn, all or nothing.

The run's row is held from the first to the last statement. A worker that is killed lets go of it,
and of everything that it has written, by dying; the next one begins from the stored file.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import structlog
from django.db import Error as DatabaseError
from django.db import connection, transaction

from accounts.models import User
from activity.services import log_event
from core.audit import acting_as
from core.faults import reach
from core.locks import advisory_lock
from imports.enums import RunState
from imports.kinds import Cancelled, FileRefused, ImportKind, Job, Outcome, Undo
from imports.kinds import kind as find_kind
from imports.models import ImportRun, UndoRefusal
from imports.rules.mapping import MappingRefused
from imports.services.progress import Progress
from imports.services.refusals import Spool
from imports.services.runs import FILE_GONE, end_cancelled

logger = structlog.get_logger(__name__)

MAX_STARTS = 10
# Imports wait for one another, so that one worker always has time for roll-ups and mail.
TURN = "imports.work"
PROBLEM = 1000
LABEL = 300
GIVEN_UP = (
    "Homegrown tried {tries} times and could not finish. Nothing was changed."
    " Whoever runs Homegrown finds the cause in the log, under import {run}."
)
ACCOUNT_GONE = "The account of the person who started this is gone or may no longer do it."


def work_on(*, run_id: int, now: dt.datetime) -> RunState | None:
    """Do what the run waits for: check, import or undo it. Answers where it is then.

    None: it waits for nothing, or somebody has it in hand, or another import has its turn; who
    comes too often, or twice at once, does no harm. An error of the database is raised; any other
    is logged, and the run tried again until it has been started `MAX_STARTS` times.
    """
    with Progress(run_id) as progress, transaction.atomic():
        make_room()
        run = _take(run_id)
        if run is None:
            return None
        with acting_as(_actor(run), source="import", import_run=run.pk):
            state = _attempt(run, progress, now)
    reach("imports.committed")
    logger.info("import_worked_on", run_id=run_id, state=state.value)
    return state


def make_room() -> None:
    """For this transaction: time to read a large file, and the lock gone soon after our death."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = '30min'; SET LOCAL lock_timeout = '2min';"
            " SET LOCAL idle_in_transaction_session_timeout = '1h';"
            " SET LOCAL client_connection_check_interval = '2s'; SET LOCAL work_mem = '64MB'"
        )


def _take(run_id: int) -> ImportRun | None:
    """The run, held for us alone until the transaction ends."""
    if not advisory_lock(TURN, wait=False):
        return None
    waiting = ImportRun.objects.at_work().filter(pk=run_id).select_related("by", "undone_by")
    return waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()


def _actor(run: ImportRun) -> User | None:
    return run.undone_by if run.state == RunState.UNDOING else run.by


def _attempt(run: ImportRun, progress: Progress, now: dt.datetime) -> RunState:
    """One start. What goes wrong leaves the run in a state that says so, and nothing else."""
    state = RunState(run.state)
    starts = progress.begin()
    if starts > MAX_STARTS:
        return _fail(run, state, GIVEN_UP.format(tries=MAX_STARTS, run=run.pk), now)
    try:
        with transaction.atomic():
            return WORK[state](run, progress, now)
    except Cancelled:
        end_cancelled(run, now)
        return RunState.CANCELLED
    except FileRefused as refused:
        return _fail(run, state, str(refused), now)
    except MappingRefused as refused:
        return _refuse_mapping(run, refused)
    except DatabaseError:
        raise  # the connection may be gone; the next tick tries again
    except Exception:
        logger.exception("import_failed", run_id=run.pk, state=state.value, starts=starts)
        return state


def _check(run: ImportRun, progress: Progress, now: dt.datetime) -> RunState:
    """Import it, look what happens, and take it back."""
    with Spool(run.pk) as refusals:
        with transaction.atomic():
            outcome = _kind_of(run).load(_job(run, refusals, progress, now))
            check_constraints()
            transaction.set_rollback(True)
        return _end(run, RunState.READY, outcome, refusals, progress)


def _publish(run: ImportRun, progress: Progress, now: dt.datetime) -> RunState:
    """Import it: values, refusals, outcome and state in the transaction of the caller."""
    with Spool(run.pk) as refusals:
        outcome = _kind_of(run).load(_job(run, refusals, progress, now))
        run.finished_at = now
        log_event(verb="imported", subject=run, product_id=None, by=run.by, now=now)
        return _end(run, RunState.DONE, outcome, refusals, progress)


def _end(
    run: ImportRun, state: RunState, outcome: Outcome, refusals: Spool, progress: Progress
) -> RunState:
    keep_outcome(run, state, outcome, refusals)
    progress.tell("", outcome.rows, outcome.rows)
    reach("imports.publishing")
    progress.look_last()
    return state


def keep_outcome(run: ImportRun, state: RunState, outcome: Outcome, refusals: Spool) -> None:
    """What a load did, and where the run is with it."""
    refusals.keep()
    run.state = state
    run.problem = ""
    run.outcome = {**outcome.as_json(), "refused": refusals.count}
    run.save(update_fields=["state", "problem", "outcome", "finished_at"])


def _undo(run: ImportRun, progress: Progress, now: dt.datetime) -> RunState:
    """Take it back: what was restored, and what was kept, in the transaction of the caller."""
    progress.is_cancellable = False
    by = _allowed(run.undone_by, _kind_of(run))
    undone = _kind_of(run).undo(Undo(run_id=run.pk, by=by, now=now, report=progress))
    UndoRefusal.objects.bulk_create(
        UndoRefusal(run=run, label=label[:LABEL], reason=reason[:LABEL])
        for label, reason in undone.kept
    )
    run.state, run.undone_at = RunState.UNDONE, now
    run.outcome = {**run.outcome, "undone": [asdict(tally) for tally in undone.tallies]}
    run.save(update_fields=["state", "undone_at", "outcome"])
    log_event(verb="undid the import of", subject=run, product_id=None, by=by, now=now)
    reach("imports.publishing")
    return RunState.UNDONE


WORK = {
    RunState.CHECKING: _check,
    RunState.PUBLISHING: _publish,
    RunState.UNDOING: _undo,
}


def _kind_of(run: ImportRun) -> ImportKind:
    try:
        return find_kind(run.kind)
    except KeyError:
        raise FileRefused("Homegrown no longer imports files of this kind.") from None


def _job(run: ImportRun, refusals: Spool, progress: Progress, now: dt.datetime) -> Job:
    kind = _kind_of(run)
    if not run.file or not run.path.exists():
        raise FileRefused(FILE_GONE)
    return Job(
        run_id=run.pk,
        path=run.path,
        mapping=kind.read_mapping(run.mapping),
        by=_allowed(run.by, kind),
        now=now,
        refusals=refusals,
        report=progress,
    )


def _allowed(person: User | None, kind: ImportKind) -> User:
    """The person, as somebody who may still do this: nobody at all would mean an operator.

    Raises:
        FileRefused: the account is gone, or its rights are.
    """
    if person is None or not person.is_active or not kind.may_use(person):
        raise FileRefused(ACCOUNT_GONE)
    return person


def check_constraints() -> None:
    """What a commit would find wrong shall be found by a check too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _fail(run: ImportRun, was: RunState, problem: str, now: dt.datetime) -> RunState:
    """The end of an import, or of an undo: then it stays imported, and says why."""
    if was == RunState.UNDOING:
        return _set(run, RunState.DONE, problem=problem[:PROBLEM])
    return _set(run, RunState.FAILED, problem=problem[:PROBLEM], finished_at=now)


def _refuse_mapping(run: ImportRun, refused: MappingRefused) -> RunState:
    return _set(run, RunState.MAPPING, problem=str(refused)[:PROBLEM], outcome={})


def _set(run: ImportRun, state: RunState, **values: object) -> RunState:
    """Not `save()`: the row is as it was, whatever the attempt has put into the object."""
    ImportRun.objects.filter(pk=run.pk).update(state=state, **values)
    return state
