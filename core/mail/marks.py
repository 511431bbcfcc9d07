"""What this installation has claimed to send, kept outside the database: a copy that is put back
later knows less than the file does (docs/adr/0029).

The file holds the epoch of the database and its mark, in one line of fixed length that is written
over in place, so that no crash leaves it empty.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

LENGTH = 36 + 1 + 20 + 1
OLDER = "This database is an older copy: mail was sent that it doesn’t know of."
ELSEWHERE = "This database is a copy of another one, which may have sent its mail already."
GONE = "The file that remembers what was sent is gone: this may be a copy, or an older one."


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a database has come."""

    epoch: uuid.UUID
    number: int

    def __str__(self) -> str:
        return f"{self.epoch} {self.number:020d}\n"


def place() -> Path | None:
    """The file; None where it is switched off."""
    path: Path | None = settings.MAIL_MARK_FILE
    return path


def read() -> Mark | None:
    """What the file says; None: there is none, or nothing that can be read.

    Raises:
        OSError: it is there and can't be opened.
    """
    path = place()
    if path is None or not path.exists():
        return None
    epoch, _, number = path.read_text("ascii", "replace").strip().partition(" ")
    try:
        return Mark(uuid.UUID(epoch), int(number))
    except ValueError:
        return None


def problem(outside: Mark | None, inside: Mark) -> str:
    """Why nothing may be sent from a database at `inside`, in plain words, or ""."""
    if place() is None or (outside is None and inside.number == 0):
        return ""
    if outside is None:
        return GONE
    if outside.epoch != inside.epoch:
        return ELSEWHERE
    return OLDER if outside.number > inside.number else ""


def raise_to(mark: Mark, *, is_new: bool = False) -> None:
    """Let the file say at least `mark`. Another epoch in it stays, unless this one `is_new`.

    Raises:
        OSError: it can't be written; nothing may be sent then.
    """
    path = place()
    if path is None:
        return
    with _locked(path) as file:
        line = str(mark).encode()
        stands = os.pread(file, LENGTH, 0)
        is_same = stands.startswith(line[: line.index(b" ")])
        if is_new or not stands.strip() or (is_same and stands < line):
            os.pwrite(file, line, 0)
            os.ftruncate(file, LENGTH)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
