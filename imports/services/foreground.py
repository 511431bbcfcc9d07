"""An import from the command line: nothing waits, nothing is stored but what it brings."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from core.audit import acting_as
from core.faults import reach
from core.locks import retry_on_deadlock
from imports.enums import RunState
from imports.kinds import FileRefused, ImportKind, Job, Outcome
from imports.kinds import kind as find_kind
from imports.models import ImportRun, RunProgress
from imports.services.refusals import Spool
from imports.services.runs import clean_name
from imports.services.work import check_constraints, keep_outcome, make_room

OnProgress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Told:
    """The `Report` of a job that somebody watches in a terminal, who stops it with Ctrl-C."""

    listener: OnProgress | None

    def __call__(self, step: str, rows_done: int = 0, rows_total: int | None = None) -> None:
        """Hand it on."""
        if self.listener is not None:
            self.listener(step, rows_done, rows_total)


@retry_on_deadlock
def run_in_foreground(
    *,
    kind: str,
    path: Path,
    mapping_text: str,
    by: User | None,
    now: dt.datetime,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> ImportRun:
    """Import a file that lies on this machine, in one transaction together with its run.

    A command that is killed leaves nothing, not even the run. `dry_run` keeps the run (cancelled)
    with its outcome and what was refused, and nothing else. `by` None is an operator, who may do
    everything. `on_progress` gets step, rows done and, where known, rows in all, with every report.

    Raises:
        KeyError: there is no such kind.
        FileRefused: the file can't be imported.
        MappingRefused: the mapping can't be used.
    """
    mapping = find_kind(kind).read_mapping(mapping_text)
    with transaction.atomic():
        make_room()
        run = _begin(kind, path, mapping_text, by, now)
        with acting_as(by, source="import", import_run=run.pk), Spool(run.pk) as refusals:
            job = Job(
                run_id=run.pk, path=path, mapping=mapping, by=by, now=now,
                refusals=refusals, report=Told(on_progress),
            )  # fmt: skip
            outcome = _load(find_kind(kind), job, dry_run=dry_run)
            state = RunState.CANCELLED if dry_run else RunState.DONE
            keep_outcome(run, state, outcome, refusals)
            if not dry_run:
                log_event(verb="imported", subject=run, product_id=None, by=by, now=now)
        reach("imports.publishing")
    reach("imports.committed")
    return run


def _begin(
    kind: str, path: Path, mapping_text: str, by: User | None, now: dt.datetime
) -> ImportRun:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    run = ImportRun.objects.create(
        kind=kind, state=RunState.PUBLISHING, file_name=clean_name(str(path)), size=size,
        sha256=sha256, mapping=mapping_text, by=by, created_at=now, finished_at=now,
    )  # fmt: skip
    RunProgress.objects.create(run=run, changed_at=now)
    return run


def _load(kind: ImportKind, job: Job, *, dry_run: bool) -> Outcome:
    with transaction.atomic():
        outcome = kind.load(job)
        if dry_run:
            check_constraints()
            transaction.set_rollback(True)
    return outcome
