"""Writing for whom a release note is."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from personas.models import Persona, ReleasePersona
from portfolio.extras import Answers
from portfolio.models import Release


@transaction.atomic
def set_release_personas(
    *, release: Release, answers: Answers, by: User | None, now: dt.datetime
) -> bool:
    """Let a note, whose row is held, be for `answers["personas"]` (keys); whether that is new.

    Personas that are gone meanwhile are left out.
    """
    keys = answers.get("personas", [])
    wanted = set(Persona.objects.filter(pk__in=keys).values_list("pk", flat=True))
    links = ReleasePersona.objects.filter(release=release)
    known = set(links.values_list("persona_id", flat=True))
    links.filter(persona_id__in=known - wanted).delete()
    ReleasePersona.objects.bulk_create(
        [ReleasePersona(release=release, persona_id=pk) for pk in sorted(wanted - known)],
        ignore_conflicts=True,
    )
    return wanted != known
