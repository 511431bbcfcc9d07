"""Taking back what an import did to the directory of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from accounts.models import Department, User
from accounts.services import remove_unused
from core.locks import advisory_lock
from imports.kinds import Tally, Undone
from imports.models import ImportedObject
from stakeholders.models import Person
from stakeholders.policies import uses_maps
from stakeholders.services.loading.upsert import BATCH, COLUMNS, DEPARTMENT, PERSON

NOT_YOURS_NOW = "You can no longer change the directory of people."
# The same words for what was written about somebody on maps: nobody may tell that from an edit.
CHANGED_SINCE = "It has been changed since."
ONESELF = "It stays: it is the record of whoever imported it or takes it back."
MERGED_SINCE = "It has been merged into another record since."
ERASED_SINCE = "It has been erased since."
NO_DEPARTMENT = "Its department has been deleted since."
BELONGED_TO = "Others belong to this department now."
LABELS = {
    "name": "Name", "role": "Role", "department_id": "Department", "audience": "Reads best",
    "time_zone": "Time zone", "locale": "Language",
}  # fmt: skip

Kept = list[tuple[str, str]]


def undo_people(*, run_id: int, by: User | None, now: dt.datetime) -> Undone:
    """Remove those whom the import entered and restore what it overwrote, in the caller's
    transaction. What somebody has changed since stays and is told, fact by fact.

    The records of whoever takes it back and of whoever imported it stay: both read what was kept,
    and whether theirs could go would tell them what was written about them.
    """
    kept: Kept = []
    touched = ImportedObject.objects.filter(run_id=run_id, subject=PERSON).order_by("subject_id")
    if by is not None and not uses_maps(by):
        kept += [(one.label, NOT_YOURS_NOW) for one in touched]
        return Undone(tallies=(_tally(0),), kept=kept)
    advisory_lock("stakeholders.merges")
    ids = touched.values("subject_id")
    rows = Person.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    people = {person.pk: person for person in rows}
    standing = [one for one in touched if one.subject_id in people]
    restored = _restore([one for one in standing if one.action == "changed"], people, kept, now)
    made = [one for one in standing if one.action == "made"]
    removed = _remove(made, people, kept, own=_of_readers(run_id, by))
    _remove_departments(run_id, kept)
    return Undone(tallies=(_tally(restored + removed),), kept=kept)


def _tally(changed: int) -> Tally:
    return Tally(key="people", label="People", changed=changed)


def _gone(person: Person) -> str:
    """Why a record is nobody's to change; empty where it is there."""
    if person.erased_at is not None:
        return ERASED_SINCE
    return MERGED_SINCE if person.merged_into_id is not None else ""


def _restore(
    changed: Iterable[ImportedObject], people: dict[int, Person], kept: Kept, now: dt.datetime
) -> int:
    """Facts as they were before, where they are still as the import left them."""
    departments = set(Department.objects.values_list("pk", flat=True))
    restored = []
    for one in changed:
        person = people[one.subject_id]
        if reason := _gone(person):
            kept.append((one.label, reason))
            continue
        facts = list(_facts_to_restore(one, person, departments, kept))
        for name in facts:
            setattr(person, name, one.before["fields"][name])
        if facts:
            person.version += 1
            person.updated_at = now
            restored.append(person)
    Person.objects.bulk_update(restored, [*COLUMNS, "version", "updated_at"], batch_size=BATCH)
    return len(restored)


def _facts_to_restore(
    one: ImportedObject, person: Person, departments: set[int], kept: Kept
) -> Iterable[str]:
    for name, left in one.before["after"].items():
        if getattr(person, name) != left:
            kept.append((person.name, f"{LABELS[name]}: this has been changed since."))
        elif name == "department_id" and one.before["fields"][name] not in {None, *departments}:
            kept.append((person.name, NO_DEPARTMENT))
        else:
            yield name


def _of_readers(run_id: int, by: User | None) -> set[int]:
    """The records of those who read what an undo has kept: who undoes, and who imported."""
    readers = set(User.objects.filter(imports=run_id))
    if by is not None:
        readers.add(by)
    return {
        pk for user in readers for pk in Person.objects.being(user).values_list("pk", flat=True)
    }


def _remove(
    made: Iterable[ImportedObject], people: dict[int, Person], kept: Kept, *, own: set[int]
) -> int:
    """Delete those about whom nothing else was written."""
    theirs = {one.subject_id: one for one in made}
    used = _in_use(set(theirs))
    free = []
    for pk, one in theirs.items():
        person = people[pk]
        if pk in own:
            kept.append((one.label, ONESELF))
        elif reason := _gone(person):
            kept.append((one.label, reason))
        elif person.version != one.before["version"] or pk in used:
            kept.append((person.name, CHANGED_SINCE))
        else:
            free.append(pk)
    Person.objects.filter(pk__in=free).delete()
    return len(free)


def _in_use(ids: set[int]) -> set[int]:
    """People on whom something hangs that would keep them, or go with them."""
    found: set[int] = set()
    for relation in Person._meta.related_objects:
        if relation.on_delete not in (models.PROTECT, models.CASCADE):
            continue
        column = relation.field.attname
        model: Any = relation.related_model
        rows = model._default_manager.filter(**{f"{column}__in": ids})
        found |= set(rows.order_by().values_list(column, flat=True))
    return found


def _remove_departments(run_id: int, kept: Kept) -> None:
    """Departments that the import made go if nobody else has come to use them."""
    made = ImportedObject.objects.filter(run_id=run_id, subject=DEPARTMENT, action="made")
    names = dict(made.values_list("subject_id", "label"))
    as_made = [pk for pk, name in _departments(names) if name == names[pk]]
    remove_unused(Department.objects.filter(pk__in=as_made))
    for pk, name in _departments(names):
        kept.append((name, BELONGED_TO if pk in as_made else CHANGED_SINCE))


def _departments(ids: Iterable[int]) -> list[tuple[int, str]]:
    found = Department.objects.filter(pk__in=ids).order_by("pk")
    return list(found.values_list("pk", "name"))
