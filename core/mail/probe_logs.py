"""Probes that read the log of a mail server on this machine."""

from __future__ import annotations

import glob
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote

from core.mail.probes import ProbeKind, register_probe

WAIT = 5.0
# What Postfix writes once a message is its own: the queue manager has it, or somebody took it.
_IS_QUEUED = rb": (?:from=<|removed|to=<[^\n]*status=sent)"
_QUEUE_ID = re.compile(rb": ([0-9A-Za-z]{6,}): (?:resent-)?message-id=$")


@dataclass(frozen=True, slots=True)
class LogProbe:
    """A log in which a Message-ID stands only where the server has taken the mail (Exim, relays,
    our own test sink). `pattern` may name the rotated files too (`mail.log*`), not packed ones.
    """

    pattern: str
    wait: float

    def arrived(self, message_id: str) -> bool | None:
        """Whether any of the files holds the Message-ID; None: none of them can be read."""
        return _any_file(self.pattern, lambda log: log.rfind(message_id.encode()) >= 0)


@dataclass(frozen=True, slots=True)
class PostfixProbe:
    """Postfix writes a Message-ID while it still reads the mail: what counts is that the same queue
    id goes on after it.
    """

    pattern: str
    wait: float

    def arrived(self, message_id: str) -> bool | None:
        """Whether the mail was taken into the queue; None: no file can be read."""
        return _any_file(self.pattern, lambda log: _was_queued(log, message_id.encode()))


def _was_queued(log: mmap.mmap | bytes, message_id: bytes) -> bool:
    at = log.rfind(message_id)
    while at >= 0:
        line_start = log.rfind(b"\n", 0, at) + 1
        found = _QUEUE_ID.search(log[line_start:at])
        if found and re.compile(re.escape(found[1]) + _IS_QUEUED).search(log, line_start):
            return True
        at = log.rfind(message_id, 0, line_start)
    return False


def _any_file(pattern: str, holds: object) -> bool | None:
    answer: bool | None = None
    for path in sorted(glob.glob(pattern)):  # noqa: PTH207 - the pattern may be absolute
        try:
            with _mapped(Path(path)) as log:
                if holds(log):  # type: ignore[operator]  # a function
                    return True
                answer = False
        except OSError:
            return None
    return answer


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
            yield log


def _log(parts: SplitResult, wait: float | None) -> LogProbe:
    return LogProbe(unquote(parts.path), WAIT if wait is None else wait)


def _postfix(parts: SplitResult, wait: float | None) -> PostfixProbe:
    return PostfixProbe(unquote(parts.path), WAIT if wait is None else wait)


register_probe(ProbeKind("log", _log))
register_probe(ProbeKind("postfix", _postfix))
