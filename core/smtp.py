"""One conversation with the mail server, and what its answers mean for a mail.

Django's backend hides at which step a conversation broke, and that decides whether a mail may be
sent again: before the final dot it was not taken, after it nobody knows.
"""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import SMTP
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from core.faults import reach

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
# Also what an address or a password makes of itself that no command can carry.
BROKEN = (smtplib.SMTPException, OSError, ValueError)
SIGN_IN = frozenset({530, 534, 535, 538})
BUSY = frozenset({421, 431, 432, 442, 447, 452})
GOODBYE = frozenset({421, 432})
FULL = "4.2.2"
# RFC 3463: the address itself is dead; a full box or a policy is none of its own doing.
_DEAD = re.compile(r"^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)\b")
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_DEAD_CODES = frozenset({550, 551, 553})


class Outcome(StrEnum):
    """How one attempt to send one mail ended.

    `LATER`: again over a day (greylisting); `BUSY`: again soon; `BOUNCED`: the recipient was
    refused for good, `REFUSED` the mail; `UNSURE`: taken or not, nobody knows; `UNREACHABLE`:
    nothing was said about any mail; `UNTRIED`: not begun; `UNPROVEN`: whether it arrived before
    could not be found out.
    """

    ACCEPTED = "accepted"
    LATER = "later"
    BUSY = "busy"
    BOUNCED = "bounced"
    REFUSED = "refused"
    UNSURE = "unsure"
    UNREACHABLE = "unreachable"
    UNTRIED = "untried"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome, with the server's words.

    `is_dead`: the address itself takes no mail. `is_proven`: what became of earlier attempts is
    known, so that there is no doubt left from them. `stage`: where it ended.
    """

    outcome: Outcome
    text: str = ""
    is_dead: bool = False
    is_proven: bool = False
    stage: str = ""
    is_broken: bool = False


class RawMessage(EmailMessage):
    """Finished bytes, for the backends that keep or print mails instead of sending them."""

    def __init__(self, *, sender: str, recipient: str, raw: bytes) -> None:
        super().__init__(from_email=sender, to=[recipient])
        self.raw = raw

    def message(self, **options: Any) -> Any:
        """What a backend asks for the bytes."""
        return message_from_bytes(self.raw, policy=SMTP)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes with their envelope. `copy_to`: an archive that gets the same bytes, or ""."""

    sender: str
    recipient: str
    raw: bytes
    copy_to: str = ""


def always() -> bool:
    """Whoever asks may go on."""
    return True


class Transport:
    """Keeps one connection for many mails; opens a new one after a break.

    A context manager. After a server could not be reached it is not asked again.
    """

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.unreachable: Report | None = None
        self.taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def deliver(
        self, *, sender: str, recipient: str, raw: bytes, copy_to: str = "",
        may_go: Callable[[], bool] = always,
    ) -> Report:  # fmt: skip
        """Try once. Never raises for what a server or network does.

        `may_go` is asked right before the final dot: False leaves the mail untried.
        """
        if not isinstance(self.backend, EmailBackend):
            self.backend.send_messages([RawMessage(sender=sender, recipient=recipient, raw=raw)])
            return Report(Outcome.ACCEPTED)
        parcel = Parcel(sender, recipient, raw, copy_to)
        is_used = self.taken > 0
        report = self._attempt(parcel, may_go)
        if is_used and report.stage == "MAIL" and report.outcome in (Outcome.LATER, Outcome.BUSY):
            # A kept connection has its limits, of mails or of time: a fresh one decides.
            self._close()
            report = self._attempt(parcel, may_go)
        return report

    def _attempt(self, parcel: Parcel, may_go: Callable[[], bool]) -> Report:
        smtp = self._smtp()
        if smtp is None:
            return self.unreachable or Report(Outcome.UNREACHABLE)
        report = converse(smtp, parcel, may_go)
        if report.outcome is Outcome.ACCEPTED:
            self.taken += 1
        elif report.is_broken or not _reset(smtp):
            self._close()
        if report.outcome is Outcome.UNREACHABLE:
            self.unreachable = report
        return report

    def _smtp(self) -> smtplib.SMTP | None:
        if self.unreachable is None and self.backend.connection is None:
            try:
                self.backend.open()
                self.backend.connection.ehlo_or_helo_if_needed()  # type: ignore[attr-defined]  # open
                # The dot is sent alone: it must not wait for the acknowledgement of the rest.
                self.backend.connection.sock.setsockopt(  # type: ignore[attr-defined]  # open
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
                )
            except BROKEN as error:
                self._close()
                self.unreachable = Report(Outcome.UNREACHABLE, _words(error))
        found: smtplib.SMTP | None = self.backend.connection
        return found

    def _close(self) -> None:
        """An error while saying goodbye changes nothing about the mails."""
        self.taken = 0
        try:
            self.backend.close()
        except BROKEN:
            self.backend.connection = None


def converse(smtp: smtplib.SMTP, parcel: Parcel, may_go: Callable[[], bool] = always) -> Report:
    """MAIL, RCPT, DATA, and the final dot on its own."""
    stage = "MAIL"
    try:
        refusal = _said(stage, *smtp.mail(parcel.sender))
        if refusal is None:
            stage = "RCPT"
            refusal = _said(stage, *smtp.rcpt(parcel.recipient))
        if refusal is None:
            if parcel.copy_to:
                smtp.rcpt(parcel.copy_to)  # refused: the mail goes, without this evidence
            stage = "DATA"
            refusal = _said(stage, *smtp.docmd("DATA"))
        if refusal is not None:
            return refusal
        smtp.send(_stuffed(parcel.raw))
    except BROKEN as error:
        return Report(Outcome.LATER, _words(error), stage=stage, is_broken=True)
    if not may_go():
        return Report(Outcome.UNTRIED, "The lease ended.", stage=stage, is_broken=True)
    return _finish(smtp)


def _finish(smtp: smtplib.SMTP) -> Report:
    reach("mail.before_dot")
    try:
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except BROKEN as error:
        return Report(Outcome.UNSURE, _words(error), stage="DOT", is_broken=True)
    reach("mail.after_250")
    return _said("DOT", code, answer) or Report(Outcome.ACCEPTED, _text(answer), stage="DOT")


def _said(stage: str, code: int, answer: bytes) -> Report | None:
    """What a refusal means at this stage; None: it is none."""
    text = _text(answer)
    if _is_good(stage, code):
        return None
    report = Report(_meaning(stage, code, text), f"{code} {text}", stage=stage)
    if report.outcome is Outcome.BOUNCED:
        return replace(report, is_dead=is_dead(code, text))
    # Out of turn, a goodbye, or a sign-in that would be needed: nothing more on this connection.
    is_over = code < 400 or code in GOODBYE or report.outcome is Outcome.UNREACHABLE
    return replace(report, is_broken=is_over)


def _meaning(stage: str, code: int, text: str) -> Outcome:
    if code < 400:
        return Outcome.UNSURE if stage == "DOT" else Outcome.LATER
    if code >= 500:
        if stage == "MAIL" and code in SIGN_IN:
            return Outcome.UNREACHABLE
        return Outcome.BOUNCED if stage == "RCPT" else Outcome.REFUSED
    is_busy = code in BUSY and not (stage == "RCPT" and text.startswith(FULL))
    return Outcome.BUSY if is_busy or (code == 451 and stage != "RCPT") else Outcome.LATER


def _is_good(stage: str, code: int) -> bool:
    return 300 <= code < 400 if stage == "DATA" else 200 <= code < 300


def is_dead(code: int, text: str) -> bool:
    """Whether a refused recipient is an address that takes no mail at all, ever."""
    found = _ENHANCED.match(text.strip())
    return bool(_DEAD.match(found[1])) if found else code in _DEAD_CODES


def _stuffed(raw: bytes) -> bytes:
    whole = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return _LEADING_DOT.sub(b"..", whole)


def _reset(smtp: smtplib.SMTP) -> bool:
    """Whether the connection can take another mail."""
    try:
        return 200 <= smtp.rset()[0] < 300
    except BROKEN:
        return False


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
