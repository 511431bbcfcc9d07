"""The whole form of what somebody gets, written at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core.locks import retry_on_deadlock
from digests.services import reading
from portfolio.models import Product
from stakeholders.models import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of a product; `plan` empty: the usual form."""

    product: Product
    is_muted: bool
    plan: str


@retry_on_deadlock
@transaction.atomic
def choose(*, person: Person, every: int, wanted: Sequence[Wanted], now: dt.datetime) -> None:
    """Write all of it down; what is as it was is not written.

    Raises:
        ValueError: nobody offers such a form or rhythm.
        NobodyThere: the person was erased.
    """
    reading.choose_every(person=person, every=every, now=now)
    ordered = sorted(wanted, key=lambda want: want.product.pk)
    for one in ordered:
        reading.choose_plan(person=person, product=one.product, plan=one.plan, now=now)
        if not one.is_muted:
            reading.unmute(person=person, product=one.product, now=now)
    # Last, so that a mail which waits is asked about with all that they let in.
    reading.mute_all(person=person, products=[o.product for o in ordered if o.is_muted], now=now)
