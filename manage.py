#!/usr/bin/env python
"""Django's command line. On a workstation it finds the running servers or starts its own."""

import os
import sys
from collections.abc import Sequence


def execute(arguments: Sequence[str]) -> None:
    """Hand the command to Django."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(list(arguments))


def main() -> None:
    """Run one command."""
    from core.local.manage import run

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    run(sys.argv, execute)


if __name__ == "__main__":
    main()
