"""What search finds of the directory of people: nothing for whoever may not open it."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from core.search import Hit, ranked
from stakeholders.models import Person
from stakeholders.policies import uses_maps


def find_people(user: User, text: str, limit: int) -> list[Hit]:
    """People by name, as the directory shows them; where they stand on maps is not said."""
    if not text or not uses_maps(user):
        return []
    rows = ranked(Person.objects.present(), text)
    found = rows.values_list("pk", "name", "role", "department__name", "rank")[:limit]
    return [
        Hit(
            str(pk),
            name,
            reverse("stakeholders:person_detail", args=[pk]),
            " · ".join(filter(None, (role, department))),
            rank,
        )
        for pk, name, role, department, rank in found
    ]
