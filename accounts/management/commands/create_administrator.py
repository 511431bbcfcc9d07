"""Make the first administrator, or another one."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import EmailTakenError, create_administrator, password_link
from core.audit import acting_as
from core.forms import clean_text
from core.mail import validate_recipient

TRIES = 3


class Command(BaseCommand):
    """Asks for what was not given; without a terminal it prints a link that sets the password."""

    help = "Make an account that may do everything."

    def add_arguments(self, parser: CommandParser) -> None:
        """E-mail and name can be given; a password never, as command lines are remembered."""
        parser.add_argument("--email", default="")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account.

        Raises:
            CommandError: something is missing or the address is taken.
        """
        is_asked = sys.stdin.isatty()
        email = clean_text(options["email"] or (input("E-mail: ") if is_asked else ""))
        name = clean_text(options["name"] or (input("Name: ") if is_asked else ""))
        if not name:
            raise CommandError("Give a name: --name.")
        try:
            validate_recipient(email)
        except ValidationError:
            raise CommandError("Give an e-mail address: --email.") from None
        password = _ask_password() if is_asked else None
        try:
            with acting_as(None, source="command"):
                user = create_administrator(
                    email=email, name=name, password=password, now=timezone.now()
                )
        except EmailTakenError:
            raise CommandError("There is already an account with this address.") from None
        self.stdout.write(f"{name} is an administrator.")
        if password is None:
            self.stdout.write(f"Choose a password here, within three days: {password_link(user)}")


def _ask_password() -> str | None:
    """A password that passes the rules; None to get a link instead."""
    print("Choose a password of at least 12 characters, or press Enter to get a link.")
    for _ in range(TRIES):
        password = getpass.getpass("Password: ")
        if not password:
            return None
        try:
            validate_password(password)
        except ValidationError as error:
            print("\n".join(error.messages))
        else:
            return password
    raise CommandError("That did not work out. Nothing was made.")
