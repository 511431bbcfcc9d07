"""What people do with an import: begin it, choose its columns, start, stop and undo it."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from activity.services import log_event
from core.formats import count
from imports.enums import CANCELLABLE, RunState
from imports.kinds import kind as find_kind
from imports.models import ImportRun, RunProgress, SavedMapping
from imports.services.files import StoredFile, delete_file

NAME_LENGTH = 255
FILE_GONE = "The file is no longer stored. Import it again from the beginning."


class WrongState(Exception):
    """The import is not where this can be done; the message says where it is, in words."""

    def __init__(self, run: ImportRun, message: str = "") -> None:
        super().__init__(message or f"This import is {run.get_state_display().lower()}.")
        self.run = run


@transaction.atomic
def create_run(
    *,
    kind: str,
    stored: StoredFile,
    file_name: str,
    token: uuid.UUID | None,
    by: User,
    now: dt.datetime,
) -> ImportRun:
    """Begin an import of a stored file. The same form sent twice begins it once.

    Raises:
        KeyError: there is no such kind.
        PermissionDenied: `by` may not import this kind.
    """
    _check_right(kind, by)
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                kind=kind,
                file=stored.file,
                file_name=clean_name(file_name),
                size=stored.size,
                sha256=stored.sha256,
                by=by,
                form_token=token,
                created_at=now,
            )
            RunProgress.objects.create(run=run, changed_at=now)
    except IntegrityError:
        known = ImportRun.objects.filter(form_token=token, by=by).first() if token else None
        if known is None and token is not None:
            # Another person's mark, which says nothing of this form.
            return create_run(
                kind=kind, stored=stored, file_name=file_name, token=None, by=by, now=now
            )
        if known is None:
            raise
        if known.file != stored.file:
            transaction.on_commit(lambda: delete_file(stored.file))
        return known
    return run


def clean_name(name: str) -> str:
    """A file's own name without its folders, as text that can be kept and shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in last)
    return " ".join(plain.split())[:NAME_LENGTH] or "file"


def _check_right(kind: str, by: User) -> None:
    if not find_kind(kind).may_use(by):
        raise PermissionDenied


def _hold(run_id: int, states: Collection[RunState]) -> ImportRun:
    """The run, locked. The state is looked at first: a worker may hold the row for minutes."""
    before = ImportRun.objects.get(pk=run_id)
    if before.state not in states:
        raise WrongState(before)
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state not in states:
        raise WrongState(run)
    return run


def _go(run: ImportRun, state: RunState, now: dt.datetime, *also: str) -> ImportRun:
    """Change the state; what is told of the work before it no longer holds."""
    run.state = state
    run.problem = ""
    run.save(update_fields=["state", "problem", *also])
    RunProgress.objects.update_or_create(
        run=run,
        defaults={
            "step": "",
            "rows_done": 0,
            "rows_total": None,
            "starts": 0,
            "cancel_wanted": False,
            "changed_at": now,
        },
    )
    return run


@transaction.atomic
def keep_mapping(
    *,
    run_id: int,
    text: str,
    saved_mapping: SavedMapping | None = None,
    by: User,
    now: dt.datetime,
) -> ImportRun:
    """Keep a mapping that is still being made, without checking the file with it.

    Raises:
        WrongState: the import no longer waits for its columns.
    """
    run = _hold(run_id, (RunState.MAPPING,))
    run.mapping = text
    run.saved_mapping = saved_mapping
    run.save(update_fields=["mapping", "saved_mapping"])
    return run


@transaction.atomic
def set_mapping(
    *,
    run_id: int,
    text: str,
    saved_mapping: SavedMapping | None = None,
    by: User,
    now: dt.datetime,
) -> ImportRun:
    """Say how the file is read, and have it checked.

    Raises:
        MappingRefused: the text is no mapping for this kind.
        WrongState: the import doesn't wait for its columns, or its file is gone.
        PermissionDenied: `by` may not import this kind.
    """
    run = _hold(run_id, (RunState.MAPPING, RunState.READY))
    _check_right(run.kind, by)
    _check_file(run)
    find_kind(run.kind).read_mapping(text)
    run.mapping = text
    run.saved_mapping = saved_mapping
    run.outcome = {}
    return _go(run, RunState.CHECKING, now, "mapping", "saved_mapping", "outcome")


@transaction.atomic
def start_run(*, run_id: int, by: User, now: dt.datetime) -> ImportRun:
    """Import what has been checked. Starting what is being imported already changes nothing.

    Raises:
        WrongState: it has not been checked, has ended, or its file is gone.
        PermissionDenied: `by` may not import this kind.
    """
    run = ImportRun.objects.get(pk=run_id)
    if run.state == RunState.PUBLISHING:
        return run
    run = _hold(run_id, (RunState.READY,))
    _check_right(run.kind, by)
    _check_file(run)
    return _go(run, RunState.PUBLISHING, now)


def _check_file(run: ImportRun) -> None:
    if not run.file:
        raise WrongState(run, FILE_GONE)


@transaction.atomic
def back_to_mapping(*, run_id: int, by: User, now: dt.datetime) -> ImportRun:
    """Choose the columns again, after a check or after a failure.

    Raises:
        WrongState: it is at work or has ended, or its file is gone.
    """
    run = _hold(run_id, (RunState.READY, RunState.FAILED, RunState.MAPPING))
    _check_file(run)
    if run.state == RunState.MAPPING:
        return run
    run.outcome, run.finished_at = {}, None
    run.refused.all().delete()
    return _go(run, RunState.MAPPING, now, "outcome", "finished_at")


@transaction.atomic
def cancel_run(*, run_id: int, by: User, now: dt.datetime) -> ImportRun:
    """Stop an import before it has written anything.

    One that a worker has in hand keeps its state here; the worker sees the wish with its next
    report, or last of all before it commits, and then leaves nothing behind.

    Raises:
        WrongState: it has ended, or its values are in.
    """
    run = _free_run(run_id)
    if run is None:
        # Waits for a worker that is about to commit: then there is nothing to stop any more.
        RunProgress.objects.filter(run_id=run_id).update(cancel_wanted=True)
        run = _free_run(run_id)
    if run is None:
        return ImportRun.objects.get(pk=run_id)
    if run.state not in CANCELLABLE:
        raise WrongState(run)
    return end_cancelled(run, now)


def _free_run(run_id: int) -> ImportRun | None:
    """The run, locked; None while somebody else has it in hand.

    Raises:
        ImportRun.DoesNotExist: it is gone.
    """
    held = ImportRun.objects.select_for_update(no_key=True, skip_locked=True)
    return held.filter(pk=run_id).first()


def end_cancelled(run: ImportRun, now: dt.datetime) -> ImportRun:
    """Nothing is kept of a cancelled import but that there was one."""
    file, run.file = run.file, ""
    run.state, run.finished_at, run.outcome, run.problem = RunState.CANCELLED, now, {}, ""
    run.save(update_fields=["file", "state", "finished_at", "outcome", "problem"])
    run.refused.all().delete()
    transaction.on_commit(lambda: delete_file(file))
    return run


def undoable_until(run: ImportRun) -> dt.datetime | None:
    """Until when an import can be undone; None where there is nothing to undo."""
    if run.state != RunState.DONE or run.finished_at is None:
        return None
    return run.finished_at + dt.timedelta(days=settings.IMPORT_UNDO_DAYS)


@transaction.atomic
def request_undo(*, run_id: int, by: User, now: dt.datetime) -> ImportRun:
    """Have an import taken back. Asking twice changes nothing.

    Raises:
        WrongState: it was not imported, or longer ago than IMPORT_UNDO_DAYS.
        PermissionDenied: `by` may not import this kind.
    """
    run = ImportRun.objects.get(pk=run_id)
    if run.state == RunState.UNDOING:
        return run
    run = _hold(run_id, (RunState.DONE,))
    _check_right(run.kind, by)
    until = undoable_until(run)
    if until is None or now > until:
        days = count(settings.IMPORT_UNDO_DAYS, "day")
        raise WrongState(run, f"An import can be undone for {days}. This one is older.")
    run.undone_by = by
    log_event(verb="asked to undo the import of", subject=run, product_id=None, by=by, now=now)
    return _go(run, RunState.UNDOING, now, "undone_by")
