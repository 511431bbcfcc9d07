"""The import kind "products": a file with a product a line."""

from __future__ import annotations

from collections.abc import Iterator

from imports.kinds import STEP_READ, ImportKind, Job, Outcome, Undo, Undone
from imports.readers import open_table, read_wide
from imports.readers.records import Broken, Subject
from imports.services.counting import CountedRefusals
from portfolio.services.loading.matching import may_import
from portfolio.services.loading.records import ProductRecord
from portfolio.services.loading.spec import PRODUCT_SPEC
from portfolio.services.loading.undo import undo_products
from portfolio.services.loading.upsert import load_products

STEP_WRITE = "Writing products"
REPORT_EVERY = 500


def load(job: Job) -> Outcome:
    """Make and change the products of the file.

    Raises:
        FileRefused: the file can't be read.
        MappingRefused: the mapping does not fit the file.
    """
    refusals = CountedRefusals(job.refusals)
    counted = _Counted()
    records = list(_records(job, refusals, counted))
    job.report(STEP_WRITE, counted.rows, counted.rows)
    loaded = load_products(
        records,
        mapping=job.mapping,
        may_create=True,
        run_id=job.run_id,
        refusals=refusals,
        by=job.by,
        now=job.now,
    )
    return Outcome(rows=counted.rows, tallies=(loaded.tally(refusals.of("")),))


class _Counted:
    """How many records there were."""

    rows = 0


def _records(job: Job, refusals: CountedRefusals, counted: _Counted) -> Iterator[ProductRecord]:
    table = open_table(job.path, job.mapping.file)
    for item in read_wide(table, job.mapping):
        if isinstance(item, Broken):
            refusals.add(line=item.line, column="", raw=item.raw, reason=item.reason)
        elif isinstance(item, Subject):
            yield ProductRecord(item.line, item.fields)
        counted.rows += 1
        if counted.rows % REPORT_EVERY == 0:
            job.report(STEP_READ, counted.rows, table.about_rows)


def undo(undo: Undo) -> Undone:
    """Take the products of an import back."""
    undo.report("Taking back products")
    undone = undo_products(run_id=undo.run_id, by=undo.by, now=undo.now)
    return Undone(tallies=(undone.tally,), kept=undone.kept)


PRODUCTS = ImportKind(
    key="products",
    label="Products",
    hint="A product a line, with its name, portfolio and what else you know of it.",
    order=10,
    spec=PRODUCT_SPEC,
    may_use=may_import,
    load=load,
    undo=undo,
)
