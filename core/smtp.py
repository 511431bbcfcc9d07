"""One conversation with the mail server, and what its answers mean for a mail.

Django's backend hides at which step a conversation broke, and that decides whether a mail may be
sent again: before the final dot it was not taken, after it nobody knows.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
BROKEN = (smtplib.SMTPException, OSError)


class Outcome(StrEnum):
    """How one attempt to send one mail ended."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNSURE = "unsure"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome, with the server's words."""

    outcome: Outcome
    text: str = ""


class RawMessage(EmailMessage):
    """Finished bytes, for the backends that keep or print mails instead of sending them."""

    def __init__(self, *, sender: str, recipient: str, raw: bytes) -> None:
        super().__init__(from_email=sender, to=[recipient])
        self.raw = raw

    def message(self, **options: Any) -> Any:
        """What a backend asks for the bytes."""
        return message_from_bytes(self.raw, policy=SMTP)


class Transport:
    """Keeps one connection for many mails; opens a new one after a break.

    A context manager. After a server could not be reached it is not asked again.
    """

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.unreachable: Report | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def deliver(self, *, sender: str, recipient: str, raw: bytes) -> Report:
        """Try once. Never raises for what a server or network does."""
        if not isinstance(self.backend, EmailBackend):
            self.backend.send_messages([RawMessage(sender=sender, recipient=recipient, raw=raw)])
            return Report(Outcome.ACCEPTED)
        smtp = self._smtp()
        if smtp is None:
            return self.unreachable or Report(Outcome.UNREACHABLE)
        report = converse(smtp, sender, recipient, raw)
        if report.outcome is not Outcome.ACCEPTED:
            self._close()
        return report

    def _smtp(self) -> smtplib.SMTP | None:
        if self.unreachable is None and self.backend.connection is None:
            try:
                self.backend.open()
                self.backend.connection.ehlo_or_helo_if_needed()  # type: ignore[attr-defined]  # open
            except BROKEN as error:
                self._close()
                self.unreachable = Report(Outcome.UNREACHABLE, _words(error))
        found: smtplib.SMTP | None = self.backend.connection
        return found

    def _close(self) -> None:
        """An error while saying goodbye changes nothing about the mails."""
        try:
            self.backend.close()
        except BROKEN:
            self.backend.connection = None


def converse(smtp: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> Report:
    """MAIL, RCPT, DATA, and the final dot on its own."""
    try:
        for code, answer in _envelope(smtp, sender, recipient):
            if not 200 <= code < 400:
                return _refusal(code, answer)
        smtp.send(_LEADING_DOT.sub(b"..", raw))
    except BROKEN as error:
        return Report(Outcome.LATER, _words(error))
    try:
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except BROKEN as error:
        return Report(Outcome.UNSURE, _words(error))
    if code < 200:
        return Report(Outcome.UNSURE, f"{code} {_text(answer)}")
    return Report(Outcome.ACCEPTED, _text(answer)) if code < 400 else _refusal(code, answer)


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> Iterator[tuple[int, bytes]]:
    yield smtp.mail(sender)
    yield smtp.rcpt(recipient)
    yield smtp.docmd("DATA")


def _refusal(code: int, answer: bytes) -> Report:
    outcome = Outcome.REFUSED if code >= 500 else Outcome.LATER
    return Report(outcome, f"{code} {_text(answer)}")


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
