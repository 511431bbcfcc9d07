"""Files as they were uploaded, stored where every worker reads them."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from accounts.models import User
from core.faults import reach
from core.formats import count
from imports.enums import ENDED, RunState
from imports.kinds import FileRefused
from imports.models import ImportedObject, ImportRun, RefusedValue

logger = structlog.get_logger(__name__)

FOLDER = "imports"
SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx")
MEGABYTE = 1024 * 1024
# A file that no run has may belong to a form that is still open.
ORPHAN_AGE = dt.timedelta(days=1)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on disk: `file` is its path below MEDIA_ROOT, `size` in bytes."""

    file: str
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(settings.MEDIA_ROOT) / self.file


def store_upload(chunks: Iterable[bytes], *, name: str, by: User | None = None) -> StoredFile:
    """Keep what a person sends under a random name; it is there whole, and for good, or not at all.

    `name` is what the person calls it; only its ending is looked at. The stored name begins with
    the key of `by` (None: nobody in particular), so that files count as theirs from the first byte.

    Raises:
        FileRefused: not a CSV, TSV or XLSX by its name, empty, larger than IMPORT_MAX_BYTES, or
            the disk is full, or `by` has IMPORT_MAX_STORED_BYTES of files. Nothing is left on it.
    """
    _check_name(name)
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    key = f"{by.pk if by else 0}-{secrets.token_hex(16)}"
    if by is not None:
        _check_room(folder, by)
    draft = folder / f".{key}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        size, sha256 = _write(draft, chunks)
        draft.rename(folder / key)
        _sync_folder(folder)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        logger.exception("upload_disk_full")
        raise FileRefused(
            "The file was not saved: the server has no room left. Tell whoever runs Homegrown."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    reach("imports.after_upload")
    return StoredFile(f"{FOLDER}/{key}", size, sha256)


def _check_name(name: str) -> None:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise FileRefused("Choose a CSV, TSV or XLSX file. Spreadsheets of other kinds can be"
                          " saved as one of these.")  # fmt: skip


def _check_room(folder: Path, by: User) -> None:
    """One person can't fill the disk: files that no import has yet count as well."""
    stored = sum(_size(path) for path in folder.glob(f"{by.pk}-*"))
    if stored >= settings.IMPORT_MAX_STORED_BYTES:
        raise FileRefused(
            f"You have {stored / MEGABYTE:,.0f} MB of files stored here. Cancel imports that you"
            f" no longer need; others go after {count(settings.IMPORT_KEEP_DAYS, 'day')}."
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write(draft: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Size and hash of what was written through to the disk."""
    digest = hashlib.sha256()
    size = 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                limit = settings.IMPORT_MAX_BYTES / MEGABYTE
                raise FileRefused(f"The file is larger than {limit:,.0f} MB.")
            digest.update(chunk)
            file.write(chunk)
        if size == 0:
            raise FileRefused("The file is empty.")
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """The name is as durable as the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete_file(file: str) -> None:
    """Remove a stored file; one that is gone already is no trouble."""
    if file:
        (Path(settings.MEDIA_ROOT) / file).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed for its age."""

    files: int
    orphans: int
    objects: int
    refused: int


def prune(*, now: dt.datetime) -> Pruned:
    """Remove files older than IMPORT_KEEP_DAYS with what was refused of them, files of no run, and
    what no undo needs any more.

    A run that still waited for somebody is cancelled, as it can go no further. How many values were
    refused and why stays in the outcome of the run.
    """
    old = now - dt.timedelta(days=settings.IMPORT_KEEP_DAYS)
    aged = ImportRun.objects.with_file().not_at_work().filter(created_at__lt=old)
    files = sum(_forget_file(pk, now) for pk in list(aged.values_list("pk", flat=True)))
    undoable = now - dt.timedelta(days=settings.IMPORT_UNDO_DAYS)
    objects, _ = (
        ImportedObject.objects.filter(run__finished_at__lt=undoable)
        .exclude(run__state=RunState.UNDOING)
        .delete()
    )
    ended = ImportRun.objects.filter(state__in=ENDED, created_at__lt=old)
    refused, _ = RefusedValue.objects.filter(run__in=ended.values("pk")).delete()
    return Pruned(files, _remove_orphans(now), objects, refused)


@transaction.atomic
def _forget_file(run_id: int, now: dt.datetime) -> int:
    """The row first: a file that is left is an orphan, a row without a file would be a lie."""
    run = (
        ImportRun.objects.with_file().not_at_work().filter(pk=run_id)
        .select_for_update(skip_locked=True).first()
    )  # fmt: skip
    if run is None:
        return 0
    file, run.file = run.file, ""
    if run.state not in ENDED:
        run.state, run.finished_at = RunState.CANCELLED, now
        days = count(settings.IMPORT_KEEP_DAYS, "day")
        run.problem = f"The file was deleted after {days}."
    run.save(update_fields=["file", "state", "finished_at", "problem"])
    transaction.on_commit(lambda: delete_file(file))
    return 1


def _remove_orphans(now: dt.datetime) -> int:
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    if not folder.is_dir():
        return 0
    old = (now - ORPHAN_AGE).timestamp()
    aged = {f"{FOLDER}/{path.name}" for path in folder.iterdir() if _older(path, old)}
    known = set(ImportRun.objects.filter(file__in=aged).values_list("file", flat=True))
    for file in aged - known:
        delete_file(file)
    return len(aged - known)


def _older(path: Path, moment: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < moment
    except FileNotFoundError:
        return False
