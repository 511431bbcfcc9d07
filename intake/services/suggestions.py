"""The suggestion box of a product: anybody who sees it drops a note, signed or not."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.selectors import organisation
from accounts.services.allowances import Bucket, take_tokens
from core.audit import acting_as
from core.periods import day_start, local_date
from intake.enums import Consent, FieldNoteKind
from intake.models import FieldNote
from portfolio.models import Product

A_DAY = 10
DAY_SECONDS = 86_400


class TooMany(Exception):
    """Enough suggestions from one person for a day."""


@transaction.atomic
def drop_suggestion(
    *,
    product: Product,
    text: str,
    by: User,
    is_signed: bool,
    now: dt.datetime,
    token: UUID | None = None,
) -> FieldNote:
    """Keep a suggestion; the same form (`token`) sent twice keeps it once.

    Unless it `is_signed`, nothing says who wrote it: not the note, which knows its day alone (a
    moment would lead to a line of the log), not its history; the count of the day is kept under a
    hash.

    Raises:
        TooMany: `by` dropped ten within a day.
    """
    known = FieldNote.objects.filter(form_token=token, product=product).first() if token else None
    if known is not None:
        return known
    if not take_tokens(Bucket("intake.suggestion", str(by.pk), A_DAY, DAY_SECONDS)).is_allowed:
        raise TooMany
    zone = organisation().time_zone
    note = FieldNote(
        product=product,
        kind=FieldNoteKind.SUGGESTION,
        day=local_date(now, zone),
        consent=Consent.NOTES if is_signed else Consent.NOT_ASKED,
        text=text,
        form_token=token,
        created_at=now,
    )
    if is_signed:
        note.user, note.name, note.email, note.by = by, by.name, by.email, by
        note.save(force_insert=True)
        return note
    note.created_at = day_start(note.day, zone)
    with acting_as(None, url="", request_id=""):
        note.save(force_insert=True)
    return note
