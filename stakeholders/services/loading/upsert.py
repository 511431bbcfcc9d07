"""People as a file describes them: missing ones entered, others changed where they differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower

from accounts.models import Department
from accounts.services import department_named
from core.locks import advisory_lock
from imports.kinds import Tally
from imports.rules.reasons import LATER
from imports.services import Touched, remember
from stakeholders.enums import Audience
from stakeholders.models import Person
from stakeholders.services.loading.records import Draft, Reader
from stakeholders.services.people import link_people

PERSON = Person._meta.label_lower
DEPARTMENT = Department._meta.label_lower
COLUMNS = ("name", "role", "department_id", "audience", "time_zone", "locale")
NEEDS_A_NAME = "Somebody new needs a name."
ERASED = "This record was erased."
BATCH = 500

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """The facts of a person that a file changed: as they were, and as they are."""

    person: Person
    before: Values
    after: Values


@dataclass(slots=True)
class LoadedPeople:
    """What became of the lines."""

    made: list[Person] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    unchanged: int = 0

    def tally(self, refused: Mapping[str, int]) -> Tally:
        """For the outcome."""
        return Tally(
            key="people",
            label="People",
            new=len(self.made),
            changed=len(self.changes),
            unchanged=self.unchanged,
            refused=refused,
        )


def load_people(
    drafts: Sequence[Draft],
    *,
    reader: Reader,
    defaults: Mapping[str, str],
    run_id: int,
    now: dt.datetime,
) -> LoadedPeople:
    """Enter and change people, in the caller's transaction; refuses what can't be.

    People are found by their e-mail address, also by that of a record merged into theirs. An empty
    cell says nothing: what stands there stays. `defaults` are for new people alone.
    """
    # Nobody is merged meanwhile: the address of a line leads to one record throughout.
    advisory_lock("stakeholders.merges")
    loaded = LoadedPeople()
    known, new = _told_apart(drafts, reader)
    departments = _Departments(loaded.departments)
    people = Person.objects.filter(pk__in=known).order_by("pk").select_for_update(no_key=True)
    for person in people:
        said = departments.looked_up(_one_of(known[person.pk], reader))
        _change(person, said, loaded, now)
    for group in new.values():
        said = {**defaults, **_one_of(group, reader)}
        if "name" in said:
            values = departments.looked_up(said)
            loaded.made.append(_person(group[-1].email, values, now))
        else:
            reader.refuse(group[-1].line, "", group[-1].email, NEEDS_A_NAME)
    _write(loaded)
    remember(run_id, _touched(loaded))
    return loaded


def _told_apart(
    drafts: Sequence[Draft], reader: Reader
) -> tuple[dict[int, list[Draft]], dict[str, list[Draft]]]:
    """The lines of people who are here, by key, and of those who are new, by address."""
    addresses = {draft.email.lower() for draft in drafts}
    rows = Person.objects.annotate(key=Lower("email")).filter(key__in=addresses)
    standing = {
        row[0]: row[1:] for row in rows.values_list("key", "pk", "merged_into", "erased_at")
    }
    known: dict[int, list[Draft]] = {}
    new: dict[str, list[Draft]] = {}
    for draft in drafts:
        key = draft.email.lower()
        pk, root, erased_at = standing.get(key, (None, None, None))
        if erased_at is not None:
            reader.refuse(draft.line, "email", draft.email, ERASED)
        elif pk is None:
            new.setdefault(key, []).append(draft)
        else:
            known.setdefault(root or pk, []).append(draft)
    return known, new


def _one_of(group: Sequence[Draft], reader: Reader) -> dict[str, str]:
    """What the lines of one person say: of two different texts the later one counts."""
    values: dict[str, str] = {}
    for draft in reversed(group):
        for key, value in draft.values.items():
            if values.setdefault(key, value) != value:
                reader.refuse(draft.line, key, draft.texts.get(key, ""), LATER)
    return values


class _Departments:
    """Departments by their names; those that had to be made are kept in `made`."""

    def __init__(self, made: list[Department]) -> None:
        self._made = made
        self._ids = {
            name.casefold(): pk for pk, name in Department.objects.values_list("pk", "name")
        }

    def looked_up(self, said: Mapping[str, str]) -> Values:
        """The columns of what a line says."""
        columns: Values = dict(said)
        if name := columns.pop("department", ""):
            columns["department_id"] = self._find(name)
        return columns

    def _find(self, name: str) -> int:
        key = name.casefold()
        if key not in self._ids:
            department = department_named(name)
            self._made.append(department)
            self._ids[key] = department.pk
        return self._ids[key]


def _change(person: Person, said: Values, loaded: LoadedPeople, now: dt.datetime) -> None:
    after = {name: value for name, value in said.items() if getattr(person, name) != value}
    if not after:
        loaded.unchanged += 1
        return
    before = {name: getattr(person, name) for name in after}
    for name, value in after.items():
        setattr(person, name, value)
    person.version += 1
    person.updated_at = now
    loaded.changes.append(Change(person, before, after))


def _person(email: str, values: Values, now: dt.datetime) -> Person:
    audience = values.pop("audience", Audience.BUSINESS)
    return Person(email=email, audience=audience, created_at=now, updated_at=now, **values)


def _write(loaded: LoadedPeople) -> None:
    changed = [change.person for change in loaded.changes]
    Person.objects.bulk_update(changed, [*COLUMNS, "version", "updated_at"], batch_size=BATCH)
    Person.objects.bulk_create(loaded.made, batch_size=BATCH)
    link_people({person.pk for person in loaded.made})


def _touched(loaded: LoadedPeople) -> Iterator[Touched]:
    for department in loaded.departments:
        yield DEPARTMENT, department.pk, department.name, "made", {}
    for person in loaded.made:
        yield PERSON, person.pk, person.name, "made", {"version": person.version}
    for change in loaded.changes:
        left = {"fields": change.before, "after": change.after}
        yield PERSON, change.person.pk, change.person.name, "changed", left
