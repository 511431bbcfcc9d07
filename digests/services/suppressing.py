"""Addresses that refused our mail, readers who complained of it: nothing goes there any more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from core.locks import retry_on_deadlock
from core.mail import single_line
from digests.models import Reader
from digests.rules.reasons import SUPPRESSED
from digests.services.reading import reader_for
from digests.services.withdrawing import withdraw_waiting
from stakeholders.models import Person

LONGEST_WHY = 300
SUPPRESSION = ("suppressed_at", "suppressed_why", "suppressed_address")


@retry_on_deadlock
@transaction.atomic
def suppress(
    *, address: str, why: str, now: dt.datetime, is_complaint: bool = False
) -> Reader | None:
    """Send nothing to an address any more; None where it is nobody's today.

    The first time counts, until the address is corrected. Whoever complains of a mail wants none:
    they are unsubscribed as well, and stay so when an administrator finds the address to be good.
    `why` is for administrators.
    """
    person = Person.objects.present().filter(email__iexact=address).first()
    if person is None:
        return None
    reader = reader_for(person)
    if reader.person.email.lower() != address.lower():  # corrected, or merged, meanwhile
        return None
    if not reader.is_suppressed:
        reader.suppressed_at = now
        reader.suppressed_address = reader.person.email
        reader.suppressed_why = single_line(why, LONGEST_WHY)
    if is_complaint and reader.unsubscribed_at is None:
        reader.unsubscribed_at = now
    reader.save(update_fields=[*SUPPRESSION, "unsubscribed_at"])
    withdraw_waiting(person_ids=[reader.person_id], why=SUPPRESSED, now=now)
    return reader


@retry_on_deadlock
@transaction.atomic
def lift_suppression(*, person: Person, by: User, now: dt.datetime) -> Reader:
    """Send to the address again from the next Monday on: `by` knows it to be good.

    Raises:
        NobodyThere: the person was erased.
    """
    reader = reader_for(person)
    reader.suppressed_at = None
    reader.suppressed_why = reader.suppressed_address = ""
    reader.save(update_fields=SUPPRESSION)
    return reader
