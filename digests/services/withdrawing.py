"""Taking back what has not gone out: who unsubscribes wins over a mail that nobody has claimed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from core.locks import retry_on_deadlock
from core.mail import withdraw
from digests.enums import DeliveryState
from digests.models import DigestDelivery

OPEN = (DeliveryState.PLANNED, DeliveryState.RENDERED)


@retry_on_deadlock
@transaction.atomic
def withdraw_waiting(
    *,
    person_ids: Collection[int],
    why: str,
    now: dt.datetime,
    weeks: Collection[dt.date] | None = None,
) -> int:
    """Let nothing go to these people that nobody has claimed yet, to whichever record of theirs;
    how many mails that were. Where weeks are named: of those, to these records alone.

    To be called in the transaction that writes down what they chose. It waits for whoever is
    writing their mail at this moment, and takes that back as well; whoever comes to write it later
    finds what they chose. `why` is read by operators.

    Raises:
        ValueError: `why` is empty.
    """
    rows = DigestDelivery.objects.filter(state__in=OPEN).order_by("pk")
    if weeks is None:
        rows = rows.filter(Q(person__in=person_ids) | Q(person__merged_into__in=person_ids))
    else:
        rows = rows.filter(person__in=person_ids, week__in=weeks)
    ids = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    # Read again: what was being written while we waited has its mail only now.
    held = list(DigestDelivery.objects.filter(pk__in=ids).values_list("pk", "state", "mail_id"))
    planned = [pk for pk, state, _ in held if state == DeliveryState.PLANNED]
    DigestDelivery.objects.filter(pk__in=planned).update(
        state=DeliveryState.SUPPRESSED, reason=why, ended_at=now
    )
    mails = [mail for _, _, mail in held if mail is not None]
    return len(planned) + (withdraw(mails, why) if mails else 0)
