"""The one write of the log: a line about something that just happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import models

from accounts.models import User
from activity.models import Event


def log_event(
    *,
    verb: str,
    subject: models.Model,
    product_id: int | None,
    by: User | None,
    now: dt.datetime,
    data: Mapping[str, object] | None = None,
) -> Event:
    """Add a line: `by` (None: Homegrown itself) did `verb` to `subject`.

    Called by services of upper apps inside their own transaction. Names are kept as they are now,
    so that the sentence can still be read when both are gone. `data` must be plain JSON.
    """
    label = str(subject)[: Event._meta.get_field("subject_label").max_length]
    return Event.objects.create(
        at=now,
        actor_id=by.pk if by else None,
        actor_label=str(by) if by else "",
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=label,
        product_id=product_id,
        data=dict(data or {}),
    )
