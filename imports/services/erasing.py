"""Forgetting somebody in what was imported: whole files, and what an undo would bring back."""

from __future__ import annotations

import datetime as dt
import html
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction

from core.mentions import Mentions
from imports.enums import ENDED, RunState
from imports.models import ImportedObject, ImportRun
from imports.services.files import FOLDER, delete_file

PIECE = 1024 * 1024
# Longer than any name or address: what stands across two pieces is found in the second.
OVERLAP = 1024
_TAG = re.compile(r"<[^>]*>")


class ImportAtWork(Exception):
    """A file that names them is being imported right now; it has to end first."""


@transaction.atomic
def forget_files(*, who: Mentions, now: dt.datetime) -> int:
    """Delete stored files in which somebody is named, on commit; how many. The runs and their
    counts stay; one that still waited for somebody is cancelled. Files of no run are looked into
    as well: they lie about for a day.

    Raises:
        ImportAtWork: a worker has one of them in its hands.
    """
    runs = ImportRun.objects.with_file().order_by("pk")
    found = [run.pk for run in runs.iterator() if names_somebody(run.path, who)]
    free = ImportRun.objects.filter(pk__in=found).not_at_work().order_by("pk")
    held = list(free.select_for_update(skip_locked=True))
    if len(held) < len(found):
        raise ImportAtWork
    orphans = _forget_orphans(who)
    for run in held:
        _forget(run, now)
    return len(held) + orphans


def forget_objects(*, subject: str, ids: Collection[int]) -> int:
    """Drop what an undo knows of these things, so that it can't bring them back; how many."""
    rows = ImportedObject.objects.filter(subject=subject, subject_id__in=ids)
    return int(rows.delete()[0])


def names_somebody(path: Path, who: Mentions) -> bool:
    """Whether a stored file (CSV in any encoding, or a workbook) names somebody.

    One that is not there any more names nobody.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                return any(_sheet_names(book, name, who) for name in book.namelist())
        with path.open("rb") as file:
            return any(who.are_in(text) for piece in _pieces(file) for text in _readings(piece))
    except FileNotFoundError:
        return False
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        # Nobody can say what stands in it, so nobody can say that they don't.
        return True


def _sheet_names(book: zipfile.ZipFile, name: str, who: Mentions) -> bool:
    """Texts of a cell may be in parts of different looks, and cells may touch."""
    with book.open(name) as file:
        for piece in _pieces(file):
            text = piece.decode("utf-8", "replace")
            if any(who.are_in(html.unescape(_TAG.sub(gap, text))) for gap in (" ", "")):
                return True
    return False


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while piece := file.read(PIECE):
        yield rest + piece
        rest = piece[-OVERLAP:]


def _readings(piece: bytes) -> Iterator[str]:
    """The piece in every encoding that an import reads."""
    yield piece.decode("utf-8", "ignore")
    yield piece.decode("cp1252", "ignore")
    if b"\0" in piece:
        for start in (0, 1):
            yield piece[start:].decode("utf-16-le", "ignore")
            yield piece[start:].decode("utf-16-be", "ignore")


def _forget_orphans(who: Mentions) -> int:
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    lying = {f"{FOLDER}/{path.name}" for path in folder.glob("[!.]*")}
    known = set(ImportRun.objects.filter(file__in=lying).values_list("file", flat=True))
    naming = [
        file
        for file in sorted(lying - known)
        if names_somebody(Path(settings.MEDIA_ROOT) / file, who)
    ]
    for file in naming:
        transaction.on_commit(partial(delete_file, file))
    return len(naming)


def _forget(run: ImportRun, now: dt.datetime) -> None:
    file, run.file = run.file, ""
    if run.state not in ENDED:
        run.state, run.finished_at = RunState.CANCELLED, now
        run.problem = "The file was deleted, because somebody in it was erased."
    run.save(update_fields=["file", "state", "finished_at", "problem"])
    transaction.on_commit(lambda: delete_file(file))
