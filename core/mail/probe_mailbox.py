"""The probe that looks into an archive mailbox over IMAP (RFC 9051)."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
import threading
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote

import structlog

from core.mail.probes import ProbeKind, register_probe
from core.startup import is_loopback

logger = structlog.get_logger(__name__)

WAIT = 120.0
TIMEOUT_SECONDS = 20
_BROKEN = (imaplib.IMAP4.error, OSError, ValueError)


@dataclass(slots=True)
class MailboxProbe:
    """A mailbox that gets a copy of everything: by `MAIL_ARCHIVE_TO` or a rule of the server's.

    One connection, one question at a time. Without TLS only on this machine.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    is_tls: bool
    wait: float
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _box: imaplib.IMAP4 | None = field(default=None, repr=False)

    def arrived(self, message_id: str) -> bool | None:
        """Whether the mailbox holds it; None: it can't be asked now."""
        with self._lock:
            for _ in range(2):  # a kept connection may have ended meanwhile
                try:
                    return self._search(message_id)
                except _BROKEN as error:
                    self._leave()
                    problem = type(error).__name__
        logger.warning("mail_probe_unreachable", error=problem)
        return None

    def _search(self, message_id: str) -> bool:
        box = self._box = self._box or self._enter()
        box.noop()  # else it may not tell of what came meanwhile
        words = message_id.replace("\\", "").replace('"', "")
        status, found = box.uid("SEARCH", "HEADER", "Message-ID", f'"{words}"')
        if status != "OK":
            raise imaplib.IMAP4.error(status)
        return bool(found and found[0] and found[0].split())

    def _enter(self) -> imaplib.IMAP4:
        context = ssl.create_default_context()
        box: imaplib.IMAP4
        if self.is_tls:
            box = imaplib.IMAP4_SSL(
                self.host, self.port, ssl_context=context, timeout=TIMEOUT_SECONDS
            )
        else:
            box = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT_SECONDS)
        self._box = box  # from here on it is left whatever happens
        if not self.is_tls and not is_loopback(self.host):
            box.starttls(context)
        box.login(self.user, self.password)
        status, _ = box.select(f'"{self.folder}"', readonly=True)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{self.folder} can't be opened.")
        return box

    def _leave(self) -> None:
        if self._box is not None:
            with contextlib.suppress(*_BROKEN):
                self._box.shutdown()
        self._box = None


def _mailbox(parts: SplitResult, wait: float | None) -> MailboxProbe:
    is_tls = parts.scheme == "imaps"
    return MailboxProbe(
        host=parts.hostname or "localhost",
        port=parts.port or (993 if is_tls else 143),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        is_tls=is_tls,
        wait=WAIT if wait is None else wait,
    )


register_probe(ProbeKind("imap", _mailbox))
register_probe(ProbeKind("imaps", _mailbox))
