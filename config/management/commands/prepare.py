"""`manage.py prepare`: what `make run` does to the database before it serves."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from accounts.enums import Role
from accounts.models import User


class Command(BaseCommand):
    """Migrate; then plant the demo in an empty database, or make the first administrator."""

    help = "Bring the database up to date and make sure that somebody can sign in."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Safe to repeat: each step looks first whether it is needed."""
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if settings.DEMO and not User.objects.exists():
            self._call("demo", "Planting the demo company …")
        elif not settings.DEMO and not self._somebody_administers():
            self._make_administrator()

    def _make_administrator(self) -> None:
        if sys.stdin.isatty():
            self._call("create_administrator", "There is no administrator yet.")
            return
        command = ".venv/bin/python manage.py create_administrator --email … --name …"
        self.stdout.write(f"There is no administrator yet; make one with: {command}")
        self.stdout.flush()

    def _call(self, command: str, announcement: str) -> None:
        if command in get_commands():
            self.stdout.write(announcement)
            self.stdout.flush()
            call_command(command)

    def _somebody_administers(self) -> bool:
        administrators = User.objects.filter(role=Role.ADMINISTRATOR)
        return bool(administrators.filter(is_active=True, is_demo=False).exists())
