"""The whole form of choices at once, and the mail that waits meanwhile."""

from __future__ import annotations

import pytest

from digests.models import DigestDelivery, Subscription
from digests.services.choosing import Wanted, choose
from stakeholders.models import Person
from tests.factories.digests import DUE, DeliveryFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def save(person: Person, muted: dict[Subscription, bool]) -> None:
    wanted = [Wanted(row.product, is_muted, "") for row, is_muted in muted.items()]
    choose(person=person, every=1, wanted=wanted, now=DUE)


def state_of(delivery: DigestDelivery) -> str:
    return DigestDelivery.objects.get(pk=delivery.pk).state


def test_muting_one_while_letting_in_another_takes_nothing_back():
    read = SubscriptionFactory()
    muted = SubscriptionFactory(person=read.person, is_muted=True)
    waiting = DeliveryFactory(person=read.person)
    save(read.person, {read: True, muted: False})
    assert state_of(waiting) == "planned"
    read.refresh_from_db()
    muted.refresh_from_db()
    assert (read.is_muted, muted.is_muted) == (True, False)


def test_saving_what_was_muted_before_takes_nothing_back():
    muted = SubscriptionFactory(is_muted=True)
    waiting = DeliveryFactory(person=muted.person)  # it holds answers alone
    save(muted.person, {muted: True})
    assert state_of(waiting) == "planned"


def test_muting_the_last_ones_by_one_save_takes_back_what_waits():
    one = SubscriptionFactory()
    other = SubscriptionFactory(person=one.person)
    waiting = DeliveryFactory(person=one.person)
    save(one.person, {one: True, other: True})
    assert state_of(waiting) == "suppressed"
