"""The import kind "people": a file with a person a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imports.kinds import STEP_READ, ImportKind, Job, Outcome, Undo, Undone
from imports.readers import open_table, read_wide
from imports.readers.records import Broken, Subject
from imports.services.counting import CountedRefusals
from stakeholders.policies import uses_maps
from stakeholders.services.loading.records import Reader, check_fixed
from stakeholders.services.loading.spec import PEOPLE_SPEC
from stakeholders.services.loading.undo import undo_people
from stakeholders.services.loading.upsert import load_people

STEP_WRITE = "Writing people"
REPORT_EVERY = 500


def load(job: Job) -> Outcome:
    """Enter and change the people of the file.

    Raises:
        FileRefused: the file can't be read.
        MappingRefused: the mapping does not fit the file.
    """
    refusals = CountedRefusals(job.refusals)
    reader, defaults = Reader.of(job.mapping, refusals), check_fixed(job.mapping)
    counted = _Counted()
    drafts = reader.drafts(_records(job, refusals, counted))
    job.report(STEP_WRITE, counted.rows, counted.rows)
    loaded = load_people(drafts, reader=reader, defaults=defaults, run_id=job.run_id, now=job.now)
    return Outcome(rows=counted.rows, tallies=(loaded.tally(refusals.of("")),))


class _Counted:
    """How many records there were."""

    rows = 0


def _records(
    job: Job, refusals: CountedRefusals, counted: _Counted
) -> Iterator[tuple[int, Mapping[str, str]]]:
    table = open_table(job.path, job.mapping.file)
    for item in read_wide(table, job.mapping):
        if isinstance(item, Broken):
            refusals.add(line=item.line, column="", raw=item.raw, reason=item.reason)
        elif isinstance(item, Subject):
            yield item.line, item.fields
        counted.rows += 1
        if counted.rows % REPORT_EVERY == 0:
            job.report(STEP_READ, counted.rows, table.about_rows)


def undo(undo: Undo) -> Undone:
    """Take the people of an import back."""
    undo.report("Taking back people")
    return undo_people(run_id=undo.run_id, by=undo.by, now=undo.now)


PEOPLE = ImportKind(
    key="people",
    label="People",
    hint="A person a line, with their e-mail address and what else you know of them.",
    order=40,
    spec=PEOPLE_SPEC,
    may_use=uses_maps,
    load=load,
    undo=undo,
)
