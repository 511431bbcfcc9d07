"""Files beside requests, stored where every process reads them, under names that say nothing."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from core.mentions import Mentions
from intake.enums import VoiceKind
from intake.models import Attachment, Voice

FOLDER = "intake"
# A file or a row that belongs to nothing may be of a form that is still open.
ORPHAN_AGE = dt.timedelta(days=2)


def write_file(data: bytes) -> str:
    """Keep the bytes below MEDIA_ROOT: whole and for good, or not at all. Its path there.

    Raises:
        OSError: the disk is full, or not ours to write to.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_hex(16)
    draft = folder / f".{key}.part"
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / key)
    finally:
        draft.unlink(missing_ok=True)
    return f"{FOLDER}/{key}"


def path_of(attachment: Attachment) -> Path:
    """Where it lies."""
    return Path(settings.MEDIA_ROOT) / attachment.file


def delete_file(file: str) -> None:
    """Remove a stored file; one that is gone already is no trouble."""
    (Path(settings.MEDIA_ROOT) / file).unlink(missing_ok=True)


def forget_files(attachments: QuerySet[Attachment]) -> int:
    """Delete rows, and once that is certain their files: a row without a file would be a lie.

    Inside a transaction. The rows are held first: one that a request takes over meanwhile stays.
    """
    held = attachments.order_by("pk").select_for_update(of=("self",))
    files = dict(held.values_list("pk", "file"))
    Attachment.objects.filter(pk__in=files).delete()
    for file in files.values():
        transaction.on_commit(lambda file=file: delete_file(file))  # type: ignore[misc]  # bound early
    return len(files)


@transaction.atomic
def forget_files_of(user_ids: Collection[int], who: Mentions) -> int:
    """Delete what these accounts have added, and what lies beside requests that they, or guests
    with these addresses, have made: how many.
    """
    asked = Q(user__in=user_ids)
    for email in who.emails:
        asked |= Q(email__iexact=email)
    requests = Voice.objects.filter(asked, kind=VoiceKind.REQUESTER).values("request")
    theirs = Q(by__in=user_ids) | Q(draft__user__in=user_ids) | Q(request__in=requests)
    return forget_files(Attachment.objects.filter(theirs))


@transaction.atomic
def prune_attachments(*, now: dt.datetime) -> int:
    """Remove files that are neither beside a request nor a draft: how many."""
    old = now - ORPHAN_AGE
    loose = Attachment.objects.filter(request=None, draft=None, created_at__lt=old)
    return _remove_orphans(old.timestamp()) + forget_files(loose)


def _remove_orphans(old: float) -> int:
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    if not folder.is_dir():
        return 0
    aged = {f"{FOLDER}/{path.name}" for path in folder.iterdir() if _older(path, old)}
    known = set(Attachment.objects.filter(file__in=aged).values_list("file", flat=True))
    for file in aged - known:
        delete_file(file)
    return len(aged - known)


def _older(path: Path, moment: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < moment
    except FileNotFoundError:
        return False
