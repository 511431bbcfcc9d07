"""What readers choose about their mail. Whatever is done twice is done once.

Nothing here is told to the log of activity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F, Q

from core.locks import retry_on_deadlock
from digests.enums import Every
from digests.models import Reader, Subscription
from digests.rules.reasons import MUTED, UNSUBSCRIBED
from digests.selectors.readers import following
from digests.services.withdrawing import withdraw_waiting
from portfolio.models import Product
from stakeholders.enums import Plan
from stakeholders.models import Person


class NobodyThere(ObjectDoesNotExist):
    """The person was erased meanwhile: there is nobody left to send anything to."""


@retry_on_deadlock
@transaction.atomic
def follow(*, person: Person, product: Product, now: dt.datetime) -> Subscription:
    """Get the digest of a product by one's own choice, from the next Monday on, muted or not."""
    return _subscribe(person, product, now, follows=True, is_muted=False)


@retry_on_deadlock
@transaction.atomic
def mute(*, person: Person, product: Product, now: dt.datetime) -> None:
    """Leave a product out of one's mail until it is let in again, whoever has let it in: nobody
    learns from what it does whether a team has.
    """
    mute_all(person=person, products=[product], now=now)


@retry_on_deadlock
@transaction.atomic
def mute_all(*, person: Person, products: Sequence[Product], now: dt.datetime) -> None:
    """The same of several at once. A mail that waits goes as it is, for none is written twice,
    unless they read nothing else; what was muted before takes nothing back once more.
    """
    held = _held(person)
    rows = Subscription.objects.filter(person=held, product__in=products, is_muted=True)
    known = set(rows.values_list("product_id", flat=True))
    fresh = [product for product in products if product.pk not in known]
    for product in fresh:
        _subscribe(held, product, now, is_muted=True)
    if fresh and not following([held.pk], now).get(held.pk):
        withdraw_waiting(person_ids=[held.pk], why=MUTED, now=now)


@retry_on_deadlock
@transaction.atomic
def unmute(*, person: Person, product: Product, now: dt.datetime) -> Subscription:
    """Let a product into one's mail again."""
    return _subscribe(person, product, now, is_muted=False)


@retry_on_deadlock
@transaction.atomic
def choose_plan(*, person: Person, product: Product, plan: str, now: dt.datetime) -> Subscription:
    """Read a product in a form of one's own; an empty one is the usual form again.

    Raises:
        ValueError: there is no such form.
    """
    if plan:
        Plan(plan)
    return _subscribe(person, product, now, plan=plan)


@retry_on_deadlock
@transaction.atomic
def choose_every(*, person: Person, every: int, now: dt.datetime) -> Reader:
    """Get the mail every so many weeks.

    Raises:
        ValueError: nobody offers that.
    """
    return _choose(person, every=Every(every))


@retry_on_deadlock
@transaction.atomic
def unsubscribe(*, person: Person, now: dt.datetime) -> Reader:
    """No digest any more, of no product; the first time counts. It wins over a mail that nobody has
    claimed.
    """
    reader = reader_for(person)
    if reader.unsubscribed_at is None:
        reader.unsubscribed_at = now
        reader.save(update_fields=["unsubscribed_at"])
    withdraw_waiting(person_ids=[reader.person_id], why=UNSUBSCRIBED, now=now)
    return reader


@retry_on_deadlock
@transaction.atomic
def subscribe_again(*, person: Person, now: dt.datetime) -> Reader:
    """Take unsubscribing back. An address that refused our mail stays suppressed."""
    return _choose(person, unsubscribed_at=None)


@retry_on_deadlock
@transaction.atomic
def end_addresses(*, person: Person, now: dt.datetime) -> Reader:
    """Let no address open anything that was ever sent, to whichever record of the person."""
    reader = reader_for(person)
    records = Person.objects.filter(Q(pk=reader.person_id) | Q(merged_into=reader.person_id))
    for record in records.order_by("pk"):
        Reader.objects.get_or_create(person=record)
    Reader.objects.filter(person__in=records).update(address_epoch=F("address_epoch") + 1)
    reader.refresh_from_db()
    return reader


def reader_for(person: Person) -> Reader:
    """The row of what somebody chose, theirs alone until the transaction ends: that of the record
    which stands for them today.

    Raises:
        NobodyThere: they were erased.
    """
    held = _held(person)
    Reader.objects.get_or_create(person=held)
    return Reader.objects.select_for_update(of=("self",)).get(person=held)


def _held(person: Person) -> Person:
    """The record that stands for them today. A merge or an erasure of it waits for us, or we for
    it.
    """
    rows = Person.objects.select_for_update(of=("self",), no_key=True)
    held = rows.get(pk=person.pk)
    if held.merged_into_id is not None:
        held = rows.get(pk=held.merged_into_id)
    if held.erased_at is not None:
        raise NobodyThere
    return held


def _choose(person: Person, **choice: object) -> Reader:
    reader = reader_for(person)
    for name, value in choice.items():
        setattr(reader, name, value)
    reader.save(update_fields=list(choice))
    return reader


def _subscribe(
    person: Person, product: Product, now: dt.datetime, **choice: object
) -> Subscription:
    """Write what is not so yet; a choice of what is so anyway needs no row."""
    held = _held(person)
    known = Subscription.objects.filter(person=held, product=product).first()
    subscription = known or Subscription(person=held, product=product, since=now)
    changed = [name for name, value in choice.items() if getattr(subscription, name) != value]
    for name in changed:
        setattr(subscription, name, choice[name])
    if "follows" in changed:
        subscription.since = now
    if changed:
        subscription.save()
    return subscription
