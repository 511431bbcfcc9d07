"""A kind of file with values of two metrics, for tests of the pages: what it loads is counted and
refused by the real readers, and nothing is kept of it.
"""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imports import kinds, services
from imports.kinds import ImportKind, Job, Outcome, Tally, Undo, Undone
from imports.models import ImportRun
from imports.readers import open_table, read_wide
from imports.readers.records import Broken, Reading, Subject
from imports.rules.mapping import FieldSpec, Spec
from tests.factories.accounts import AdministratorFactory
from tests.factories.imports import NOW

SPEC = Spec(
    subject="product",
    fields=(
        FieldSpec("address", "Address", names=("slug",)),
        FieldSpec("name", "Name", is_required=True, names=("name", "service")),
        FieldSpec("portfolio", "Portfolio", names=("department",)),
        FieldSpec("stage", "Stage", names=("stage",), help="pilot, growth, mature"),
        FieldSpec("mission", "Mission", names=("mission",)),
    ),
    series="kpi",
    series_key="metric",
    long=(
        FieldSpec("product", "Product", is_required=True, names=("product",)),
        FieldSpec("metric", "Metric", is_required=True, names=("metric",)),
        FieldSpec("date", "Date", is_required=True, names=("date",)),
        FieldSpec("value", "Value", is_required=True, names=("value",)),
        FieldSpec("note", "Note", names=("note",)),
    ),
    options=("baseline", "target", "cadence"),
)
OPTIONS = (("volume", "Volume"), ("cost", "Cost"), ("take_up", "Digital take-up"))
WIDE = (
    '\ufeffSlug,Service,"Total\nQ1 2017","Total\nQ2 2017","Cost\nQ1 2017",Department\r\n'
    'lamps,"Lamps, all of them","1,200","1,300",£3.20,Sea\r\n'
    "buoys,Buoys,-,900,£1.10,Sea\r\n"
    "piers,Piers,about ten,70,,Land\r\n"
).encode()
LONG = (
    b"product,metric,date,value,note\nlamps,volume,2017-03-31,1200,\nlamps,volume,soon,1300,late\n"
)
MAPPING = """# Ours, since 2017
shape = "wide"

[product]
address = { column = "Slug" }
name = { column = "Service" }

[product.new]
stage = "growth"

[[kpi]]
metric = "volume"
value = "Total Q{quarter} {year}"
target = "-10 %"
"""


def load(job: Job) -> Outcome:
    """Count products and values; refuse what the readers refuse."""
    products, taken, days = 0, Counter[str](), []
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    for found in read_wide(open_table(job.path, job.mapping.file), job.mapping):
        if isinstance(found, Subject):
            products += 1
        elif isinstance(found, Broken):
            job.refusals.add(line=found.line, column="", raw=found.raw, reason=found.reason)
        elif isinstance(found, Reading) and found.reason:
            refused[found.key][found.reason] += 1
            job.refusals.add(
                line=found.line, column=found.column, series=found.key, raw=found.raw,
                reason=found.reason,
            )  # fmt: skip
        else:
            taken[found.key] += 1
            days.append(found.day)
    tallies = [
        Tally(key, dict(OPTIONS)[key], new=taken[key], refused=dict(refused[key]))
        for key in sorted({*taken, *refused})
    ]
    first, last = (min(days), max(days)) if days else (None, None)
    return Outcome(products, (Tally("product", "Products", new=products), *tallies), first, last)


def undo(undo: Undo) -> Undone:
    """Take back what there is to take back: a product, but for the one somebody has changed."""
    kept = [("Lamps", "Dana Reyes has changed it on 21 Nov 2026.")]
    return Undone((Tally("product", "Products", changed=2),), kept)


@contextlib.contextmanager
def figures_kind(may_use: Callable[[Any], bool] = lambda user: True) -> Iterator[ImportKind]:
    """The kind "figures", alone, while the block runs."""
    kind = ImportKind(
        key="figures", label="Figures", hint="Values of KPIs, and their products.", order=1,
        spec=SPEC, may_use=may_use, load=load, undo=undo, series_options=lambda: OPTIONS,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds._kinds, "entries", {})
        kinds.register(kind)
        yield kind


def upload_run(
    content: bytes = WIDE, *, by: Any = None, name: str = "services.csv", mapping: str = ""
) -> ImportRun:
    """A run that waits for its columns, or with a mapping for its check."""
    by = by or AdministratorFactory()
    stored = services.store_upload([content], name=name)
    run = services.create_run(
        kind="figures", stored=stored, file_name=name, token=uuid.uuid4(), by=by, now=NOW
    )
    if mapping:
        run = services.set_mapping(run_id=run.pk, text=mapping, by=by, now=NOW)
    return run


def run_in(state: str, *, by: Any = None, mapping: str = MAPPING) -> ImportRun:
    """A run that has come as far as `state`, the way real ones do."""
    run = upload_run(by=by, mapping="" if state == "mapping" else mapping)
    steps: dict[str, list[Any]] = {
        "mapping": [], "checking": [], "ready": [_work], "publishing": [_work, _start],
        "done": [_work, _start, _work], "undoing": [_work, _start, _work, _undo],
        "undone": [_work, _start, _work, _undo, _work], "cancelled": [_work, _cancel],
        "failed": [_lose, _work],
    }  # fmt: skip
    for step in steps[state]:
        step(run)
    run.refresh_from_db()
    assert run.state == state
    return run


def _work(run: ImportRun) -> None:
    services.work_on(run_id=run.pk, now=NOW)


def _start(run: ImportRun) -> None:
    services.start_run(run_id=run.pk, by=run.by, now=NOW)


def _undo(run: ImportRun) -> None:
    services.request_undo(run_id=run.pk, by=run.by, now=NOW)


def _cancel(run: ImportRun) -> None:
    services.cancel_run(run_id=run.pk, by=run.by, now=NOW)


def _lose(run: ImportRun) -> None:
    run.path.unlink()
