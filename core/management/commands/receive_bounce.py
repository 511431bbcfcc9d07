"""A mail that came back: `manage.py receive_bounce [--address ADDRESS] < message`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from core.audit import acting_as
from core.bounces import BounceReport, receive_bounce
from core.mail.returned import MOST_BYTES, Unreadable

logger = structlog.get_logger(__name__)
CHUNK = 64 * 1024


class Command(BaseCommand):
    """Ends with 0, or as sysexits.h says: 65 unreadable, 75 try again later."""

    help = "Take note of the failure report or complaint on standard input."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--address`, where the mail server got it."""
        parser.add_argument("--address", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` with the code for the mail server."""
        try:
            with acting_as(None, source="mail"):
                report = receive_bounce(_message(), address=options["address"])
        except Unreadable:
            _log("unreadable")
            raise CommandError("The message can’t be read.", returncode=os.EX_DATAERR) from None
        except Exception as error:  # noqa: BLE001 - no report is lost: its server comes again
            _log("later", error=type(error).__name__)
            raise CommandError("Try again later.", returncode=os.EX_TEMPFAIL) from None
        _log(_outcome(report), mail_id=report.mail_id)


def _outcome(report: BounceReport) -> str:
    if report.mail_id is None and report.kind.value in {"failed", "complaint"}:
        return "unknown"
    return report.kind.value if report.is_new or report.mail_id is None else "known"


def _message() -> bytes:
    """Standard input to its end; no more of it is kept than shows that it is too large."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    while sys.stdin.buffer.read(CHUNK):
        pass
    return raw


def _log(outcome: str, **told: Any) -> None:
    """One line, without a word of the mail."""
    logger.info("mail_returned", outcome=outcome, **told)
