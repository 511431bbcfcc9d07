"""Noting what administrators open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from stakeholders.models import ConfidentialRead

# Reloading a page is no second reading.
AGAIN_AFTER = dt.timedelta(minutes=1)


@transaction.atomic
def note_read(
    *, by: User, product_id: int | None, person_id: int | None, what: str, now: dt.datetime
) -> None:
    """Keep that `by` has opened something confidential as an administrator; once a minute for the
    same thing.
    """
    thing: dict[str, Any] = {
        "user": by,
        "product_id": product_id,
        "person_id": person_id,
        "what": what,
    }
    if not ConfidentialRead.objects.filter(**thing, at__gt=now - AGAIN_AFTER).exists():
        ConfidentialRead.objects.create(**thing, user_label=by.email, at=now)
