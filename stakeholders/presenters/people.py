"""The directory in words: lines of the list, rows of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from core.exports import Value
from core.fields import language_names
from stakeholders.enums import Audience
from stakeholders.models import Person

# An import of this file finds its columns by itself.
PEOPLE_HEAD = ("Name", "E-mail", "Role", "Department", "Reads best", "Time zone", "Language")
OWN_ADDRESS = "This is your own address. Somebody else has to change it."


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the directory."""

    url: str
    name: str
    email: str
    role: str
    department: str
    audience: str
    has_account: bool
    is_demo: bool


def person_lines(people: Iterable[Person]) -> list[PersonLine]:
    """The lines of the directory; departments must be loaded."""
    return [
        PersonLine(
            url=reverse("stakeholders:person_detail", args=[person.pk]),
            name=person.name,
            email=person.email,
            role=person.role,
            department=department_of(person),
            audience=Audience(person.audience).label,
            has_account=person.user_id is not None,
            is_demo=person.is_demo,
        )
        for person in people
    ]


def people_rows(people: Iterable[Person]) -> Iterator[tuple[Value, ...]]:
    """The rows below `PEOPLE_HEAD`."""
    for person in people:
        yield (
            person.name,
            person.email,
            person.role,
            department_of(person),
            Audience(person.audience).label,
            person.time_zone,
            person.locale,
        )


def department_of(person: Person) -> str:
    """What the department is called; empty where there is none."""
    return person.department.name if person.department else ""


def language_of(person: Person) -> str:
    """The English name of the language; empty where we don't know it."""
    return dict(language_names()).get(person.locale, person.locale)


def taken_words(email: str, owner: Person | None) -> str:
    """Why an e-mail address can't be used."""
    whose = f": {owner}" if owner else ""
    return f"There is already a person with the address {email}{whose}."
