"""The lines of a file become personas, and what hangs on them: made, changed or left as they are.

Nothing is ever taken away by an import, and an empty cell says nothing: what stands there stays.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.models import Department, User
from personas.enums import GoalKind
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from personas.rules.files import EVIDENCE, FIT, GOAL, PEOPLE, PERSONA, TASK
from personas.services.loading.finding import departments_of, find_champions, personas_of
from personas.services.loading.lines import Line, LineReader
from personas.services.loading.rows import Written
from portfolio.services.loading import ProductFinder

NO_PERSONA = "There is no persona with this name, neither here nor in the file."
NO_GOAL = "No goal line of this persona has this number."
OTHER_GOAL = "Another goal of this persona has this number already."
NO_CHAMPION = "We can't find a colleague with this address."
TWICE = "The file says something else of it above."
MODELS = {
    PERSONA: Persona,
    PEOPLE: PersonaHeadCount,
    EVIDENCE: PersonaEvidence,
    GOAL: Goal,
    TASK: Task,
    FIT: Fit,
}


@dataclass(slots=True)
class Load:
    """A load on its way. `personas` are by the key of their name, `goals` by persona and number."""

    reader: LineReader
    by: User | None
    now: dt.datetime
    written: dict[str, Written]
    keys: Mapping[str, str] = field(default_factory=dict)
    personas: dict[str, Persona] = field(default_factory=dict)
    goals: dict[tuple[int, str], Goal] = field(default_factory=dict)
    departments: list[Department] = field(default_factory=list)

    def persona(self, line: Line) -> Persona | None:
        """Whom the line speaks of; refused where there is nobody."""
        found = self.personas.get(self.keys[line.persona])
        if found is None:
            self.refuse(line, "persona", line.persona, NO_PERSONA)
        return found

    def goal(self, line: Line) -> Goal | None:
        """Which goal the line hangs on; refused where there is none."""
        persona = self.persona(line)
        if persona is None:
            return None
        found = self.goals.get((persona.pk, line.values["goal"]))
        if found is None:
            self.refuse(line, "goal", line.values["goal"], NO_GOAL)
        return found

    def refuse(self, line: Line, key: str, text: object, reason: str) -> None:
        """Refuse a cell of a line that was read."""
        self.reader.refuse(line.number, key, str(text), reason, line.record)

    def put(self, line: Line, row: Any, values: Mapping[str, Any], *, is_new: bool) -> None:
        """Let the row say what the line says, unless an earlier one said something else."""
        if not self.written[line.record].put(row, values, is_new=is_new):
            self.refuse(line, "", line.persona, TWICE)


def write_all(reader: LineReader, *, by: User | None, now: dt.datetime) -> Load:
    """Read and write every line, in the caller's transaction."""
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in reader.lines():
        lines[line.record].append(line)
    load = Load(reader, by, now, {key: Written(model) for key, model in MODELS.items()})
    names = {line.persona for group in lines.values() for line in group}
    load.keys, load.personas = personas_of(names)
    for record, write in WRITERS.items():
        write(load, lines[record])
        load.written[record].save(*(("updated_at",) if record == PERSONA else ()))
    return load


def _write_personas(load: Load, lines: Sequence[Line]) -> None:
    texts = {line.values["champion"] for line in lines if "champion" in line.values}
    champions = find_champions(texts)
    for line in lines:
        values = dict(line.values)
        address = values.pop("champion", "")
        if address.lower() in champions:
            values["champion_id"] = champions[address.lower()]
        elif address:
            load.refuse(line, "champion", address, NO_CHAMPION)
        key = load.keys[line.persona]
        row, is_new = load.personas.get(key), False
        if row is None:
            made = {"created_at": load.now, "updated_at": load.now}
            row, is_new = Persona(name=line.persona, **values, **made), True
            load.personas[key] = row
        load.put(line, row, values, is_new=is_new)


def _write_goals(load: Load, lines: Sequence[Line]) -> None:
    standing = _by(
        Goal.objects.filter(persona__in=_known(load)),
        lambda row: (row.persona_id, row.when, row.want, row.so_that),
    )
    for line in lines:
        persona = load.persona(line)
        if persona is None:
            continue
        said, number = dict(line.values), line.values["goal"]
        del said["goal"]
        story = (said.pop("when"), said.pop("want"), said.pop("so_that", ""))
        row = load.goals.get((persona.pk, number))
        if row is not None and (row.when, row.want, row.so_that) != story:
            load.refuse(line, "goal", number, OTHER_GOAL)
            continue
        is_new = False
        if row is None:
            row = next(standing[persona.pk, *story], None)
        if row is None:
            when, want, so_that = story
            kind = said.get("kind", GoalKind.FUNCTIONAL.value)
            row = Goal(persona=persona, when=when, want=want, so_that=so_that, kind=kind)
            is_new = True
        load.goals[persona.pk, number] = row
        load.put(line, row, said, is_new=is_new)


def _write_tasks(load: Load, lines: Sequence[Line]) -> None:
    known = {goal.pk for goal in load.goals.values()}
    standing = _by(Task.objects.filter(goal__in=known), lambda row: (row.goal_id, row.name))
    for line in lines:
        goal = load.goal(line)
        if goal is None:
            continue
        names = ("minutes", "times_a_month", "is_planned")
        values = {name: line.values[name] for name in names if name in line.values}
        name = line.values["task"]
        row = next(standing[goal.pk, name], None)
        is_new = row is None
        load.put(line, row or Task(goal=goal, name=name, **values), values, is_new=is_new)


def _write_people(load: Load, lines: Sequence[Line]) -> None:
    named, load.departments = departments_of(line.values["department"] for line in lines)
    rows = PersonaHeadCount.objects.select_for_update(of=("self",))
    standing = {
        (row.persona_id, row.department_id, row.from_date): row
        for row in rows.filter(persona__in=_known(load)).order_by("pk")
    }
    for line in lines:
        persona = load.persona(line)
        if persona is None:
            continue
        department, day = named[line.values["department"]], line.values["day"]
        key, values = (persona.pk, department.pk, day), {"head_count": line.values["people"]}
        row, is_new = standing.get(key), False
        if row is None:
            row = PersonaHeadCount(persona=persona, department=department, from_date=day, **values)
            standing[key], is_new = row, True
        load.put(line, row, values, is_new=is_new)


def _write_evidence(load: Load, lines: Sequence[Line]) -> None:
    standing: dict[Any, PersonaEvidence] = {
        (row.persona_id, row.what, row.source, row.validated_on): row
        for row in PersonaEvidence.objects.filter(persona__in=_known(load)).order_by("pk")
    }
    for line in lines:
        persona = load.persona(line)
        if persona is None:
            continue
        what, day = line.values["evidence"], line.values["day"]
        source = line.values.get("source", "")
        key = (persona.pk, what, source, day)
        row, is_new = standing.get(key), False
        if row is None:
            row = PersonaEvidence(persona=persona, what=what, source=source, validated_on=day)
            standing[key], is_new = row, True
        load.put(line, row, {}, is_new=is_new)


def _write_fits(load: Load, lines: Sequence[Line]) -> None:
    finder = ProductFinder(load.by)
    finder.learn(line.values["product"] for line in lines)
    on = Q(product__in=set(finder.ids.values()), goal__in=[one.pk for one in load.goals.values()])
    rows = Fit.objects.select_for_update(of=("self",)).filter(on).order_by("pk")
    standing = {(row.product_id, row.goal_id): row for row in rows}
    for line in lines:
        goal, product = load.goal(line), line.values["product"]
        if goal is None:
            continue
        if product not in finder.ids:
            load.refuse(line, "product", product, finder.reasons[product])
            continue
        values = {"level": line.values["fit"], "judged_on": line.values["day"]}
        if "evidence" in line.values:
            values["evidence"] = line.values["evidence"]
        key = (finder.ids[product], goal.pk)
        row, is_new = standing.get(key), False
        if row is None:
            row, is_new = Fit(product_id=finder.ids[product], goal=goal, **values), True
            standing[key] = row
        load.put(line, row, values, is_new=is_new)


WRITERS: Mapping[str, Callable[[Load, Sequence[Line]], None]] = {
    PERSONA: _write_personas,
    PEOPLE: _write_people,
    EVIDENCE: _write_evidence,
    GOAL: _write_goals,
    TASK: _write_tasks,
    FIT: _write_fits,
}


def _known(load: Load) -> set[int]:
    return {persona.pk for persona in load.personas.values()}


def _by(rows: Any, key: Callable[[Any], Any]) -> Any:
    """Rows of one text in the order in which they were made: the first in the file is the first."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        found[key(row)].append(row)
    waiting: dict[Any, Iterable[Any]] = {each: iter(group) for each, group in found.items()}
    return defaultdict(lambda: iter(()), waiting)
