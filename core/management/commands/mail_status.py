"""How sending stands: `manage.py mail_status`."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.mail import SendingState, sending_state
from core.mail.switch import guard

CHOICE = (
    "To send what waits: manage.py mail_resume. To send nothing that was due before an instant: "
    "manage.py mail_resume --drop-due-before 2026-11-23T10:00+01:00."
)


class Command(BaseCommand):
    """Ends with 0 whatever it finds."""

    help = "Say whether mail goes out, what waits, and why not."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--after-restore` says nothing while all is well."""
        parser.add_argument("--after-restore", action="store_true", dest="is_quiet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pauses first, if this database looks like an older copy."""
        guard(timezone.now())
        state = sending_state()
        if options["is_quiet"] and not state.is_paused:
            return
        for line in _lines(state):
            self.stdout.write(line)


def _moment(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _lines(state: SendingState) -> list[str]:
    since = f" since {_moment(state.changed_at)}" if state.changed_at else ""
    lines = [f"Sending is paused{since}: {state.why}" if state.is_paused else "Mail goes out."]
    if state.is_paused:
        lines.append(CHOICE)
    oldest = f", due since {_moment(state.oldest_due)}" if state.oldest_due else ""
    lines.append(f"{state.waiting} waiting{oldest}; {state.unsure} perhaps sent.")
    if state.away_since:
        away = _moment(state.away_since)
        lines.append(f"The mail server has not been reached since {away}: {state.away_why}")
    return lines
