"""Health of every product on a day: `manage.py export_health --as-of 2017-09-30 --format json`."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.selectors import today as local_today
from core.as_of import read_day
from core.exports import safe_cell
from health.selectors.export import FIELDS, Exported, exported
from portfolio.models import Product


class Command(BaseCommand):
    """One line a product, numbers unrounded, by address; what is not known is empty or null."""

    help = "Write health of all products, or of one, on a day as CSV or JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--as-of`, `--format`, `--product` and `--out`, all optional."""
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day; today without it")
        parser.add_argument("--format", choices=("csv", "json"), default="csv")
        parser.add_argument("--product", metavar="SLUG", help="only this product")
        parser.add_argument("--out", metavar="FILE", help="write here, not to the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for a wrong day, an unknown product and a file it can't write."""
        today = local_today(timezone.now())
        try:
            day = read_day(options["as_of"], today) if options["as_of"] else today
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = exported(_products(options["product"]), day, today)
        write = _write_json if options["format"] == "json" else _write_csv
        try:
            with self._target(options["out"]) as target:
                write(target, found)
        except OSError as error:
            where = options["out"] or "the terminal"
            raise CommandError(f"Can't write to {where}: {error.strerror}.") from error

    def _target(self, out: str | None) -> Any:
        if not out:
            self.stdout.ending = ""  # else each piece would get a line of its own
            return nullcontext(self.stdout)
        return Path(out).open("w", encoding="utf-8", newline="")


def _products(slug: str | None) -> Any:
    if not slug:
        return Product.objects.all()
    found = Product.objects.filter(slug=slug)
    if not found.exists():
        raise CommandError(f"There is no product with the address {slug!r}.")
    return found


def _write_csv(target: IO[str], found: Iterable[Exported]) -> None:
    """Numbers as Python writes them, so that they read back unharmed; text opens safely."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(FIELDS)
    for one in found:
        writer.writerow([safe_cell(getattr(one, name)) for name in FIELDS])


def _write_json(target: IO[str], found: Iterable[Exported]) -> None:
    """A list with a product on each line."""
    target.write("[")
    for number, one in enumerate(found):
        target.write(",\n" if number else "\n")
        json.dump(one.as_dict(), target, ensure_ascii=False, allow_nan=False)
    target.write("\n]\n")
