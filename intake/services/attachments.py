"""Files beside a draft or a request: looked at before they are kept, and few."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core.formats import count
from core.locks import advisory_lock
from intake.models import Attachment, Draft
from intake.rules.files import FileRefused, clean_name, kind_of
from intake.services.storing import delete_file, forget_files, write_file

MEGABYTE = 1024 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """A file that arrives."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes of it."""


def add_attachment(
    *,
    draft: Draft | None,
    name: str,
    file: Readable,
    by: User | None,
    now: dt.datetime,
    beside: Sequence[int] = (),
) -> Attachment:
    """Keep a file beside a draft; a guest has none, but keys of the files sent before (`beside`).

    The same bytes under the same name are kept once.

    Raises:
        FileRefused: its kind, size or name is not taken, there are enough, or the disk is full.
    """
    kept_name = clean_name(name)
    data = file.read(settings.INTAKE_FILE_MAX_BYTES + 1)
    if len(data) > settings.INTAKE_FILE_MAX_BYTES:
        raise FileRefused(f"The file is larger than {most_words()}.")
    kind = kind_of(kept_name, data)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        others = _beside(draft, beside)
        if (known := others.filter(name=kept_name, sha256=sha256).first()) is not None:
            return known
        if others.count() >= settings.INTAKE_FILES_MAX:
            words = count(settings.INTAKE_FILES_MAX, "file")
            raise FileRefused(f"There are {words} already. Remove one first.")
        stored = _write(data)
        try:
            with transaction.atomic():
                return Attachment.objects.create(
                    draft=draft,
                    file=stored,
                    name=kept_name,
                    kind=kind,
                    size=len(data),
                    sha256=sha256,
                    by=by,
                    created_at=now,
                )
        except Exception:
            delete_file(stored)
            raise


def _beside(draft: Draft | None, beside: Sequence[int]) -> QuerySet[Attachment]:
    loose = Attachment.objects.filter(request=None)
    if draft is None:
        return loose.filter(pk__in=beside, draft=None)
    advisory_lock(f"intake.files:{draft.pk}")  # two windows can't pass the limit together
    return loose.filter(draft=draft)


def _write(data: bytes) -> str:
    try:
        return write_file(data)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise FileRefused(
            "The file was not saved: the server has no room left. Tell whoever runs Homegrown."
        ) from error


@transaction.atomic
def remove_attachment(*, attachment: Attachment) -> bool:
    """Take a file away again that was not sent yet; whether it was there."""
    return forget_files(Attachment.objects.filter(pk=attachment.pk, request=None)) > 0


def most_words() -> str:
    """How large a file may be."""
    return f"{settings.INTAKE_FILE_MAX_BYTES / MEGABYTE:,.0f} MB"
