"""Personas, departments and champions by what a file calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models.functions import Lower

from accounts.models import Department, User
from accounts.services import department_named
from personas.models import Persona

# The database decides what a name is in lower case, for its unique index does too.
_NAMES = """
SELECT given.name, lower(given.name), p.id
FROM unnest(%s::text[]) AS given (name) LEFT JOIN personas_persona p
    ON lower(p.name) = lower(given.name)
"""


def personas_of(names: Iterable[str]) -> tuple[Mapping[str, str], dict[str, Persona]]:
    """(name → key, key → persona that is there), the personas held until commit."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [sorted(names)])
        found = cursor.fetchall()
    ids = {pk: key for _, key, pk in found if pk is not None}
    rows = Persona.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {name: key for name, key, _ in found}, {ids[row.pk]: row for row in rows}


def find_champions(addresses: Iterable[str]) -> dict[str, int]:
    """Address in lower case → the account that can sign in with it."""
    wanted = [address.lower() for address in addresses]
    people = User.objects.active().annotate(address=Lower("email")).filter(address__in=wanted)
    return dict(people.values_list("address", "pk"))


def departments_of(
    names: Iterable[str],
) -> tuple[dict[str, Department], list[Department]]:
    """(name → department, those that were made for it)."""
    known = {row.name.lower(): row for row in Department.objects.order_by("pk")}
    standing = {row.pk for row in known.values()}
    found: dict[str, Department] = {}
    made: dict[int, Department] = {}
    for name in dict.fromkeys(names):
        row = known.get(name.lower()) or department_named(name)
        found[name] = known[name.lower()] = row
        if row.pk not in standing:
            made[row.pk] = row
    return found, list(made.values())
