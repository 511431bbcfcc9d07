"""The writes of the log: lines about what just happened."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection, models

from accounts.models import User
from activity.models import Event

_COLUMNS = (
    *("at", "actor_id", "actor_label", "verb", "subject_type", "subject_id", "subject_label"),
    *("product_id", "data"),
)


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


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of many, in plain values: `subject_type` is a model's label in lower case."""

    verb: str
    subject_type: str
    subject_id: int
    subject_label: str
    product_id: int | None
    data: Mapping[str, object] = field(default_factory=dict)


def log_events(happenings: Iterable[Happening], *, by: User | None, now: dt.datetime) -> None:
    """Add many lines at once, as `log_event` adds one; for imports, by COPY."""
    label_length = Event._meta.get_field("subject_label").max_length
    who = (now, by.pk if by else None, str(by) if by else "")
    statement = f"COPY {Event._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for one in happenings:
            label = one.subject_label[:label_length]
            copy.write_row(
                (*who, one.verb, one.subject_type, str(one.subject_id), label, one.product_id,
                 json.dumps(dict(one.data)))
            )  # fmt: skip
