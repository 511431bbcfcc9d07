"""Readers of the digest in the small company: a mail that was sent, and its private addresses."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from core.mail import queue_mail
from core.models import MailState, OutboundMail
from digests.models import DigestDelivery, Subscription
from digests.selectors.addresses import preferences_url, unsubscribe_url, web_url
from stakeholders.models import Person
from stakeholders.services.people import person_for
from tests.factories.digests import DeliveryFactory, ReaderFactory
from tests.worlds.bookings import VISITORS

if TYPE_CHECKING:
    from tests.world import World

MONDAY = dt.date(2026, 11, 16)


def add_reading(world: World) -> None:
    """After `_add_stakeholders`: Okoye, who has no account, follows one product and got a mail; so
    did each of the `VISITORS`.
    """
    person = Person.objects.get(pk=world.things["-"]["person_id"])
    delivery = _delivery(world, person)
    world.things["-"] |= {
        "delivery_id": delivery.pk,
        "preferences_token": _token(preferences_url(person.pk, 0)),
        "unsubscribe_token": _token(unsubscribe_url(person.pk, 0)),
        "copy_token": _token(web_url(delivery.pk, person.pk, 0)),
    }
    for actor in VISITORS:
        own = _delivery(world, person_for(user=world.people[actor], now=world.now))
        world.things[f"mail of {actor}"] = {"delivery_id": own.pk}


def _delivery(world: World, person: Person) -> DigestDelivery:
    ReaderFactory(person=person)
    Subscription.objects.create(
        person=person, product=world.products["open"], follows=True, since=world.now
    )
    mail = queue_mail(
        kind="digest", to=person.email, subject="Product Open: a quiet week", text="A quiet week.",
        html="<p>A quiet week.</p>", now=world.now,
    )  # fmt: skip
    OutboundMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=world.now)
    return DeliveryFactory(
        person=person, week=MONDAY, due_at=world.now, state="rendered", mail=mail,
        planned_at=world.now,
    )  # fmt: skip


def _token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
