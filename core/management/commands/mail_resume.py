"""Let mail go out again: `manage.py mail_resume [--drop-due-before INSTANT]`."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.audit import acting_as
from core.mail import resume_sending


def instant(text: str) -> dt.datetime:
    """An instant with its offset from UTC ("2026-11-23T10:00+01:00").

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError("Give an instant with its offset: 2026-11-23T10:00+01:00.")
    return moment


class Command(BaseCommand):
    """Also the choice after a restore: send what waits, or not what was due before."""

    help = "Send what waits."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--drop-due-before`: what was due before is marked as not sent again."""
        parser.add_argument("--drop-due-before", type=instant, metavar="INSTANT")

    def handle(self, *args: Any, **options: Any) -> None:
        """Resume, and say how many mails are not sent again."""
        with acting_as(None, source="command"):
            dropped = resume_sending(
                by=None, now=timezone.now(), drop_due_before=options["drop_due_before"]
            )
        self.stdout.write("Mail goes out.")
        if options["drop_due_before"]:
            self.stdout.write(f"{dropped} not sent again.")
