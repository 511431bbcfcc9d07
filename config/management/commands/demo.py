"""`manage.py demo`: a believable company to look around in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from core.demo import seeders
from portfolio.services import remove_demo


class Command(BaseCommand):
    """Plants the demo company, or takes it away again."""

    help = "Create the demo company; it stays out of totals once a real product exists."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--remove` takes the company away."""
        parser.add_argument("--remove", action="store_true", help="take the demo company away")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        """Every app plants its part, the lowest floor first; all or nothing. Safe to repeat."""
        if remove:
            remove_demo()
            self.stdout.write("The demo company is gone.")
            return
        now = timezone.now()
        with transaction.atomic():
            for seeder in seeders():
                seeder.seed(now)
        self.stdout.write("The demo company is there.")
