"""The end of the made-up company."""

from __future__ import annotations

from django.db import transaction

from core.demo import seeders


@transaction.atomic
def remove_demo() -> None:
    """Ask every app to take its part of the demo away, the highest floor first: all or nothing."""
    for seeder in reversed(seeders()):
        seeder.remove()
