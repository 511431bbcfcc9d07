"""When somebody of each persona was last listened to or watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Max

from intake.enums import FieldNoteKind
from intake.models import FieldNote
from intake.rules.debt import Debt, research_debt

CONTACTS = (FieldNoteKind.INTERVIEW, FieldNoteKind.OBSERVATION)


def research_debts(persona_ids: Collection[int], day: dt.date) -> dict[int, Debt]:
    """The debt of each of these personas on `day`, over all products, in one query.

    A suggestion is no contact: nobody was asked anything. Notes of days to come don't count.
    """
    notes = FieldNote.objects.filter(persona__in=persona_ids, kind__in=CONTACTS, day__lte=day)
    newest = notes.order_by().values("persona").annotate(last=Max("day"))
    last = dict(newest.values_list("persona_id", "last"))
    return {pk: research_debt(last.get(pk), day) for pk in persona_ids}
