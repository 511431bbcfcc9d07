"""A request out of a mail: `manage.py receive_request --product SLUG < message`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit import acting_as
from intake.rules.messages import MOST_BYTES, Unreadable
from intake.services.receiving import Outcome, Receipt, receive_request

logger = structlog.get_logger(__name__)
CHUNK = 64 * 1024
# What mail servers' pipes read: all else was taken, or ignored on purpose.
REFUSALS = {
    Outcome.EMPTY: (os.EX_DATAERR, "There is nothing in this message."),
    Outcome.NO_PRODUCT: (os.EX_NOUSER, "Nobody takes requests at this address."),
}


class Command(BaseCommand):
    """Ends with 0, or as sysexits.h says: 65 unreadable, 67 no such product, 75 try again later."""

    help = "Make a request out of the mail on standard input."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--product`, the address of the product for which the mail is."""
        parser.add_argument("--product", metavar="SLUG", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` with the code for the mail server."""
        slug = options["product"]
        receipt = self._receive(slug)
        _log(slug, receipt.outcome, receipt.reference)
        if receipt.outcome in REFUSALS:
            code, words = REFUSALS[receipt.outcome]
            raise CommandError(words, returncode=code)

    def _receive(self, slug: str) -> Receipt:
        try:
            with acting_as(None, source="mail"):
                return receive_request(slug=slug, raw=_message(), now=timezone.now())
        except Unreadable:
            _log(slug, "unreadable")
            raise CommandError("The message can’t be read.", returncode=os.EX_DATAERR) from None
        except Exception as error:  # noqa: BLE001 - no mail is lost: its server comes again
            _log(slug, "later", error=type(error).__name__)
            raise CommandError("Try again later.", returncode=os.EX_TEMPFAIL) from None


def _message() -> bytes:
    """Standard input to its end; no more of it is kept than shows that it is too large."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    while sys.stdin.buffer.read(CHUNK):
        pass
    return raw


def _log(slug: str, outcome: str, reference: str = "", error: str = "") -> None:
    """One line, without a word of the mail or of who sent it."""
    told = {"reference": reference} if reference else {}
    told |= {"error": error} if error else {}
    logger.info("mail_received", product=slug, outcome=str(outcome), **told)
