"""Stop all mail: `manage.py mail_pause --why "…"`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit import acting_as
from core.mail import pause_sending


class Command(BaseCommand):
    """What is in hand at this moment still ends."""

    help = "Send no more mail until mail_resume."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--why` is shown wherever somebody asks why there is no mail."""
        parser.add_argument("--why", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` without a reason."""
        try:
            with acting_as(None, source="command"):
                pause_sending(by=None, why=options["why"], now=timezone.now())
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Sending is paused.")
