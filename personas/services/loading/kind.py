"""The import kind "personas": personas, their people, evidence, goals and tasks, and fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.models import Department
from accounts.selectors import today
from activity.services import Happening, log_events
from core.policies import allows
from imports.kinds import ImportKind, Job, Outcome, Tally
from imports.services import remember
from imports.services.counting import CountedRefusals
from personas.models import Persona
from personas.rules.files import FIT, GOAL, PERSONA, TASK
from personas.services.loading.cells import CellReader
from personas.services.loading.lines import LineReader
from personas.services.loading.spec import RECORDS, SPEC
from personas.services.loading.undo import undo
from personas.services.loading.writing import Load, write_all
from portfolio.models import Product


def may_use(user: Any) -> bool:
    """Whoever may describe personas."""
    return bool(user.is_authenticated and user.is_active and allows("persona.edit", user))


def load(job: Job) -> Outcome:
    """Make and change what the file describes.

    Raises:
        FileRefused: the file can't be read.
        MappingRefused: the mapping does not fit the file.
    """
    refusals = CountedRefusals(job.refusals)
    reader = LineReader(job, refusals, CellReader(job.mapping, today(job.now)))
    loaded = write_all(reader, by=job.by, now=job.now)
    touched = {one.pk for one in _touched_personas(loaded)}
    Persona.objects.filter(pk__in=touched).update(updated_at=job.now)
    # All is read before, for both COPY: nothing else can be asked on a connection meanwhile.
    log_events(list(_happenings(loaded, job.run_id)), by=job.by, now=job.now)
    for written in loaded.written.values():
        remember(job.run_id, list(written.touched()))
    subject = Department._meta.label_lower
    remember(
        job.run_id,
        [(subject, row.pk, row.name, "made", {"name": row.name}) for row in loaded.departments],
    )
    return Outcome(rows=reader.rows, tallies=_tallies(loaded, refusals))


def _tallies(loaded: Load, refusals: CountedRefusals) -> tuple[Tally, ...]:
    found = [
        loaded.written[record].tally(record, spec.label, refusals.of(record))
        for record, spec in RECORDS.items()
    ]
    if refusals.of(""):
        found.append(Tally("", "Lines and columns", refused=refusals.of("")))
    return tuple(found)


def _touched_personas(loaded: Load) -> Iterator[Persona]:
    """Those that the file has made, changed, or put something on."""
    by_key = {persona.pk: persona for persona in loaded.personas.values()}
    for record, written in loaded.written.items():
        for row in (*written.made, *(row for row, _ in written.changed)):
            if record == PERSONA:
                yield row
            elif record != FIT:
                goal = row if record == GOAL else row.goal if record == TASK else None
                yield by_key[goal.persona_id if goal else row.persona_id]


def _happenings(loaded: Load, run_id: int) -> Iterator[Happening]:
    """A line for each persona, and for each product that was judged."""
    data: dict[str, object] = {"import": run_id}
    made = {id(row) for row in loaded.written[PERSONA].made}
    for persona in {one.pk: one for one in _touched_personas(loaded)}.values():
        verb = "described the persona" if id(persona) in made else "changed the persona"
        label = Persona._meta.label_lower
        yield Happening(verb, label, persona.pk, persona.name, None, data)
    fits = loaded.written[FIT]
    judged = {row.product_id for row in (*fits.made, *(row for row, _ in fits.changed))}
    names = Product.objects.filter(pk__in=judged).order_by("pk").values_list("pk", "name")
    for pk, name in names:
        yield Happening("judged goals for", Product._meta.label_lower, pk, name, pk, data)


PERSONAS = ImportKind(
    key="personas",
    label="Personas",
    hint="Personas with their people, evidence, goals and tasks, and how well products serve them:"
    " the file that the list of personas gives.",
    order=30,
    spec=SPEC,
    may_use=may_use,
    load=load,
    undo=undo,
)
