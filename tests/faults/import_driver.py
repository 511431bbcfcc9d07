"""What a person does with an import, in processes that may die without harming the test.

    python -m tests.faults.import_driver upload FILE TOKEN
    python -m tests.faults.import_driver start RUN
    python -m tests.faults.import_driver undo RUN
    python -m tests.faults.import_driver work RUN [--in-two]
    python -m tests.faults.import_driver facts RUN

`upload` prints the number of the run; the same token again goes on with the same one. `work` starts
a run and does the worker's part itself; `--in-two` commits the values before everything else, which
is what must never happen. `facts` prints as JSON what an import has left behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection
from django.utils import timezone

from accounts.models import User
from activity.models import Event
from core.queues import nudge
from imports import services
from imports.enums import RunState
from imports.models import ImportedObject, ImportRun
from imports.services import work
from imports.tasks import work_on_run
from kpis.models import Kpi, Measurement
from portfolio.models import Product

MAPPING = """\
kind = "measurements"
shape = "wide"
[product]
name = { column = "Service" }
portfolio = { value = "Faults" }
[product.new]
stage = "growth"
choice = "optional"
exchange = "effort"
[[kpi]]
metric = "wau"
value = "Users on {year}-{month_number}-{day}"
cadence = 7
"""


def upload(path: Path, token: str) -> int:
    """Store the file, begin its run and have it checked."""
    boss, now = User.objects.get(), timezone.now()
    stored = services.store_upload([path.read_bytes()], name=path.name)
    run = services.create_run(
        kind="measurements", stored=stored, file_name=path.name, token=uuid.UUID(token), by=boss,
        now=now,
    )  # fmt: skip
    if run.state == RunState.MAPPING:
        services.set_mapping(run_id=run.pk, text=MAPPING, by=boss, now=now)
    nudge(work_on_run, run_id=run.pk)
    return int(run.pk)


def start(run_id: int) -> None:
    """Import what was checked."""
    services.start_run(run_id=run_id, by=User.objects.get(), now=timezone.now())


def undo(run_id: int) -> None:
    """Have it taken back."""
    services.request_undo(run_id=run_id, by=User.objects.get(), now=timezone.now())


def work_here(run_id: int, *, in_two: bool) -> None:
    """Start it, and be the worker."""
    if in_two:
        keep_outcome = work.keep_outcome

        def keep_later(*arguments: Any) -> None:
            connection.connection.commit()
            keep_outcome(*arguments)

        work.keep_outcome = keep_later
    start(run_id)
    services.work_on(run_id=run_id, now=timezone.now())


def facts(run_id: int) -> dict[str, Any]:
    """What the run has left behind, without what differs from one run to another."""
    run = ImportRun.objects.get(pk=run_id)
    prefix = f"{Path(run.file_name).stem} "
    products = Product.objects.filter(name__startswith=prefix)
    kpis = Kpi.objects.filter(product__in=products)
    values = Measurement.objects.filter(import_run=run_id)
    names = dict(kpis.values_list("pk", "product__name"))
    return {
        "state": run.state,
        "tallies": run.outcome.get("tallies"),
        "products": _print(
            (name.removeprefix(prefix), *rest)
            for name, *rest in products.values_list("name", "stage", "choice", "portfolio__name")
        ),
        "kpis": _print(
            (names[pk].removeprefix(prefix), *rest)
            for pk, *rest in kpis.values_list("pk", "metric__code", "baseline", "cadence")
        ),
        "values": _print(
            (names[kpi].removeprefix(prefix), day, segment, value)
            for kpi, day, segment, value in values.values_list("kpi", "date", "segment", "value")
        ),
        "refused": _print(run.refused.values_list("line", "column", "raw", "reason")),
        "touched": ImportedObject.objects.filter(run=run).count(),
        "told": Event.objects.filter(verb="imported", subject_id=str(run_id)).count(),
    }


def _print(rows: Iterable[Iterable[Any]]) -> list[Any]:
    """How many rows, and a hash that knows no order."""
    lines = sorted(repr(tuple(map(str, row))) for row in rows)
    return [len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()]


def main(command: str, *arguments: str) -> None:
    if command == "upload":
        print(upload(Path(arguments[0]), arguments[1]))
    elif command in ("start", "undo"):
        (start if command == "start" else undo)(int(arguments[0]))
        nudge(work_on_run, run_id=int(arguments[0]))
    elif command == "work":
        work_here(int(arguments[0]), in_two="--in-two" in arguments)
    else:
        print(json.dumps(facts(int(arguments[0]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
