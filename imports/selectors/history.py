"""Imports in the history of what they touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.history import HistoryEntry
from imports.enums import RunState
from imports.models import ImportedObject, ImportRun

_ENDED = (RunState.DONE, RunState.UNDOING, RunState.UNDONE)


def import_entries(
    user: User,
    subject: str,
    ids: Collection[int],
    before: dt.datetime | None,
    limit: int,
) -> list[HistoryEntry]:
    """Imports that touched these rows of a table (a model's label), newest first.

    What the file was called, and the way to its undo, is told to whoever sees the import.
    """
    touched = ImportedObject.objects.filter(
        run=OuterRef("pk"), subject=subject, subject_id__in=list(ids)
    )
    runs = ImportRun.objects.filter(Exists(touched), state__in=_ENDED, finished_at__isnull=False)
    if before is not None:
        runs = runs.filter(finished_at__lt=before)
    found = list(runs.select_related("by").order_by("-finished_at", "-pk")[:limit])
    own = set(
        ImportRun.objects.visible_to(user)
        .filter(pk__in=[run.pk for run in found])
        .values_list("pk", flat=True)
    )
    return [_entry(run, is_seen=run.pk in own) for run in found]


def _entry(run: ImportRun, *, is_seen: bool) -> HistoryEntry:
    words = "an import" if not is_seen else f"the file {run.file_name}"
    if run.state == RunState.UNDONE:
        words += ", undone since"
    return HistoryEntry(
        at=run.finished_at,  # type: ignore[arg-type]  # the query asks for it
        actor=str(run.by) if run.by else "someone whose account is gone",
        what="imported",
        subject=words,
        source="import",
        url=run.get_absolute_url() if is_seen else "",
        undo_url=reverse("imports:run_undo", args=[run.pk]) if is_seen and _may_undo(run) else "",
    )


def _may_undo(run: ImportRun) -> bool:
    until = dt.timedelta(days=settings.IMPORT_UNDO_DAYS)
    return (
        run.state == RunState.DONE
        and run.finished_at is not None
        and timezone.now() <= run.finished_at + until
    )
