"""Writing who a persona is: how many people of which departments."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.services import department_named
from personas.models import Persona, PersonaHeadCount
from personas.services.personas import locked, touch


@transaction.atomic
def set_head_count(
    *,
    persona: Persona,
    department: str,
    head_count: int,
    from_date: dt.date,
    by: User | None,
    now: dt.datetime,
) -> PersonaHeadCount:
    """So many people of the department from a day on; another count of the same day is replaced.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    persona = locked(persona.pk)
    count, _ = PersonaHeadCount.objects.update_or_create(
        persona=persona,
        department=department_named(department, is_demo=persona.is_demo and by is None),
        from_date=from_date,
        defaults={"head_count": head_count},
    )
    touch(persona, "counted the people of", by, now)
    return count


@transaction.atomic
def remove_head_count(*, count: PersonaHeadCount, by: User, now: dt.datetime) -> None:
    """Take one count away; an earlier one of the department is in force again.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    locked(count.persona_id)
    deleted, _ = PersonaHeadCount.objects.filter(pk=count.pk).delete()
    if deleted:
        touch(count.persona, "counted the people of", by, now)
