"""The digest of a week by hand: `manage.py send_digests --week 2026-11-16 [--dry-run DIR]`."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit import acting_as
from digests.rules.weeks import Week
from digests.services.drafting import TooEarly
from digests.services.operating import look_at_week, send_week


def _week(text: str) -> Week:
    try:
        return Week(dt.date.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not the date of a Monday.") from None


class Command(BaseCommand):
    """Says what it did in counts, by what became of the mails."""

    help = "Plan and write what is due of a week; or write all its mails into a folder to look at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--week`, a Monday; `--dry-run DIR` writes .eml files there and nothing anywhere else."""
        parser.add_argument("--week", metavar="MONDAY", type=_week, required=True)
        parser.add_argument("--dry-run", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` before the Friday of the week."""
        week, folder = options["week"], options["dry_run"]
        try:
            with acting_as(None, source="command"):
                told = self._look(week, folder) if folder else self._send(week)
        except TooEarly:
            raise CommandError(
                f"The week of {week.monday} is drafted on {week.draft_day}."
            ) from None
        self.stdout.write(told)

    def _send(self, week: Week) -> str:
        states = send_week(week=week)
        counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        return f"{week.monday}: {counted or 'nobody to tell'}"

    def _look(self, week: Week, folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        for person_id, raw in look_at_week(week=week):
            (folder / f"{week.monday}-{person_id}.eml").write_bytes(raw)
            count += 1
        return f"{week.monday}: {count} mails written to {folder}, none sent, nothing kept"
