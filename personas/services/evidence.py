"""Writing what was seen of real people, which validates a persona."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from personas.models import Persona, PersonaEvidence
from personas.services.personas import locked, touch


@transaction.atomic
def add_evidence(
    *,
    persona: Persona,
    what: str,
    source: str,
    validated_on: dt.date,
    by: User | None,
    now: dt.datetime,
) -> PersonaEvidence:
    """Something that was seen of real people; the same twice is one.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    persona = locked(persona.pk)
    fields = {"what": what, "source": source, "validated_on": validated_on}
    known = PersonaEvidence.objects.filter(persona=persona, **fields).first()
    if known is not None:
        return known
    touch(persona, "validated the persona", by, now)
    return PersonaEvidence.objects.create(persona=persona, **fields)


@transaction.atomic
def remove_evidence(*, evidence: PersonaEvidence, by: User, now: dt.datetime) -> None:
    """Take a piece of evidence away.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    locked(evidence.persona_id)
    deleted, _ = PersonaEvidence.objects.filter(pk=evidence.pk).delete()
    if deleted:
        touch(evidence.persona, "took evidence from", by, now)
