"""Threads that speak to the mail server. None of them ever touches the database."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

import structlog
from django.conf import settings
from django.utils.encoding import punycode

from core.mail.outcomes import BUSY_MINUTES
from core.mail.probes import configured_probe
from core.mail.verp import envelope_sender
from core.models import OutboundMail
from core.smtp import Outcome, Report, Transport

logger = structlog.get_logger(__name__)

FOUND = "It had arrived: its Message-ID was found."
NOT_BEGUN = "Not begun."


def seconds() -> float:
    """A clock that goes on while the process is stopped or the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@dataclass(slots=True)
class Lease:
    """Until when everything in the hands of one run is surely its own, by `seconds()`."""

    ends: float

    def holds(self) -> bool:
        """Whether nobody else can have taken it over."""
        return seconds() < self.ends


@dataclass(frozen=True, slots=True)
class Desk:
    """What the senders of one run share: mails to send (None: go home), and what became of them."""

    lease: Lease
    todo: SimpleQueue[OutboundMail | None] = field(default_factory=SimpleQueue)
    done: SimpleQueue[tuple[OutboundMail, Report]] = field(default_factory=SimpleQueue)


class Sender(threading.Thread):
    """One connection. Ends when told to, or when the server can't be reached."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(name="mail-sender", daemon=True)
        self.desk = desk

    def run(self) -> None:
        """Send what lies on the desk."""
        with Transport() as transport:
            while (mail := self.desk.todo.get()) is not None:
                report = self._try(transport, mail)
                self.desk.done.put((mail, report))
                if report.outcome is Outcome.UNREACHABLE:
                    return

    def _try(self, transport: Transport, mail: OutboundMail) -> Report:
        try:
            return attempt(transport, mail, self.desk.lease)
        except BaseException as error:
            logger.exception("mail_sender_failed", mail_id=mail.pk)
            return Report(Outcome.UNSURE, f"{type(error).__name__}: {error}")


def attempt(transport: Transport, mail: OutboundMail, lease: Lease) -> Report:
    """Try once; a mail that may have arrived before only if there is no evidence that it did."""
    if not lease.holds():
        return Report(Outcome.UNTRIED, NOT_BEGUN)
    evidence = _evidence(mail)
    if evidence is not None and evidence.outcome is not Outcome.LATER:
        return evidence
    report = transport.deliver(
        sender=envelope_sender(mail.pk),
        recipient=_envelope(mail.recipient),
        raw=bytes(mail.raw),
        copy_to=settings.MAIL_ARCHIVE_TO,
        may_go=lease.holds,
    )
    return replace(report, is_proven=True) if evidence is not None else report


def _evidence(mail: OutboundMail) -> Report | None:
    """What the probe says of an unsure mail; LATER: it did not arrive; None: nothing to go by."""
    probe = configured_probe() if mail.is_unsure else None
    if probe is None:
        return None
    arrived = probe.arrived(mail.message_id)
    if arrived:
        return Report(Outcome.ACCEPTED, FOUND, is_proven=True)
    if arrived is False:
        return Report(Outcome.LATER)
    # A probe that is silent for a day must not cost anybody their mail.
    is_late = mail.attempts - mail.interruptions > len(BUSY_MINUTES)
    return None if is_late else Report(Outcome.UNPROVEN, "The probe does not answer.")


def _envelope(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}"
