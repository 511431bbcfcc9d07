"""What the commands that import files have in common."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from core.exports import write_csv
from imports.kinds import FileRefused, ImportKind
from imports.kinds import kind as find_kind
from imports.models import ImportRun
from imports.presenters import REFUSED_HEAD, refused_lines
from imports.readers import Record, open_table
from imports.rules.guess import guess_mapping
from imports.rules.mapping import MappingRefused
from imports.rules.toml import mapping_text
from imports.services import run_in_foreground

SAMPLE = 50
EVERY_SECONDS = 0.2
LONGEST_MAPPING = 1_000_000


class ImportCommand(BaseCommand):
    """Imports a file in the foreground: progress on stderr, what became of it on stdout.

    The exit code is 1, with a plain sentence, where the file or the mapping can't be used; values
    that were refused are no error.
    """

    kind = ""
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE and five options."""
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV or XLSX")
        parser.add_argument(
            "--mapping", type=Path, metavar="M.toml",
            help="what its columns mean (docs/mappings.md); without it by the usual headers",
        )  # fmt: skip
        parser.add_argument(
            "--refused", type=Path, metavar="OUT.csv", help="write what was refused here"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only count")
        parser.add_argument(
            "--by", metavar="EMAIL", help="import with the rights of this person; else with all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` where the file, the mapping or the person can't be used."""
        progress = ProgressLine(sys.stderr)
        try:
            run = run_in_foreground(
                kind=self.kind,
                path=options["file"],
                mapping_text=self._mapping(options["file"], options["mapping"]),
                by=_person(options["by"]),
                now=timezone.now(),
                dry_run=options["dry_run"],
                on_progress=progress,
            )
        except MappingRefused as refused:
            raise CommandError("\n".join(refused.problems)) from refused
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        finally:
            progress.end()
        for line in report(run):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was a dry run.")
        if options["refused"]:
            self._write_refused(run, options["refused"])

    def _mapping(self, path: Path, mapping: Path | None) -> str:
        if mapping is None:
            return usual_mapping(path, find_kind(self.kind))
        try:
            with mapping.open(encoding="utf-8-sig") as file:
                return self.adapted(file.read(LONGEST_MAPPING))
        except OSError as error:
            raise CommandError(f"{mapping} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{mapping} is no text in UTF-8.") from error

    def adapted(self, text: str) -> str:
        """The mapping as this kind of file wants it."""
        return text

    def _write_refused(self, run: ImportRun, path: Path) -> None:
        rows = run.refused.order_by("line", "pk").iterator(chunk_size=5000)
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, REFUSED_HEAD, refused_lines(rows))
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        self.stdout.write(f"What was refused is in {path}.")


def _person(email: str | None) -> User | None:
    if not email:
        return None
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody with the address {email} can sign in.")
    return person


def usual_mapping(path: Path, kind: ImportKind) -> str:
    """The mapping of a file whose headers say by themselves what they are.

    Raises:
        CommandError: they don't.
        FileRefused: the file can't be read.
    """
    try:
        table = open_table(path)
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    records = islice(table.records(), SAMPLE)
    rows = [record.cells for record in records if isinstance(record, Record)]
    guessed = guess_mapping(table.header, rows, kind.spec, kind.series_options())
    if guessed.shape == "wide" and (kind.spec.series or not guessed.fields):
        raise CommandError(
            "The headers do not say by themselves what the columns mean. Give a mapping with"
            " --mapping (docs/mappings.md)."
        )
    return mapping_text(guessed, kind.spec)


class ProgressLine:
    """One line on a terminal, drawn again five times a second; elsewhere a line for each step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._next = 0.0
        self._step = ""
        self._width = 0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Tell how far it is."""
        if not self._is_terminal:
            if step != self._step:
                self._stream.write(f"{step}\n")
        elif step != self._step or time.monotonic() >= self._next:
            of_all = f" of about {total:,}" if total else ""
            line = f"{step}: {done:,}{of_all}" if done else step
            self._stream.write(f"\r{line:<{self._width}}")
            self._width = len(line)
            self._next = time.monotonic() + EVERY_SECONDS
        self._step = step
        self._stream.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._is_terminal and self._step:
            self._stream.write(f"\r{'':<{self._width}}\r")
            self._stream.flush()


def report(run: ImportRun) -> Iterator[str]:
    """What became of the file, as lines of a table; refused values by reason."""
    outcome: Mapping[str, Any] = run.outcome
    yield f"Import {run.pk}: {run.file_name}, {outcome['rows']:,} records"
    if outcome["first_day"]:
        yield f"Values from {outcome['first_day']} to {outcome['last_day']}"
    yield f"{'':<28}{'new':>12}{'changed':>12}{'unchanged':>12}{'refused':>12}"
    for tally in outcome["tallies"]:
        refused = sum(tally["refused"].values())
        counts = (tally["new"], tally["changed"], tally["unchanged"], refused)
        yield f"{tally['label']:<28}" + "".join(f"{number:>12,}" for number in counts)
        for reason, number in tally["refused"].items():
            yield f"{'':<28}{number:>48,}  {reason}"
