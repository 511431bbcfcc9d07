"""A failed mail is begun anew for those alone to whom mail still goes."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import OutboundMail
from digests.models import DigestDelivery
from digests.services.resending import Unwanted, try_again
from digests.services.suppressing import suppress
from stakeholders.models import Person
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.digests import DUE, DeliveryFactory, ReaderFactory
from tests.factories.stakeholders import PersonFactory
from tests.faults.mails import post

pytestmark = pytest.mark.django_db


def failed(**person: Any) -> DigestDelivery:
    person = PersonFactory(**person)
    return DeliveryFactory(person=person, state="failed", reason="Trace 1")


def merged() -> DigestDelivery:
    delivery = failed()
    Person.objects.filter(pk=delivery.person_id).update(merged_into=PersonFactory())
    return delivery


def handed_over() -> DigestDelivery:
    """As it was read before a merge gave it to somebody who has unsubscribed."""
    delivery = failed()
    kept = ReaderFactory(unsubscribed_at=DUE).person
    DigestDelivery.objects.filter(pk=delivery.pk).update(person=kept)
    return delivery


LEFT = {
    "deactivated": lambda: failed(user=UserFactory(is_active=False)),
    "erased": lambda: failed(erased_at=DUE),
    "merged": merged,
    "handed over": handed_over,
}


@pytest.mark.parametrize("make", LEFT.values(), ids=LEFT)
def test_nothing_is_begun_anew_for_whoever_is_gone(make):
    delivery = make()
    with pytest.raises(Unwanted):
        try_again(delivery=delivery, by=AdministratorFactory(), now=DUE)
    assert DigestDelivery.objects.get(pk=delivery.pk).state == "failed"


@pytest.mark.parametrize("has_account", [True, False])
def test_for_whoever_is_there_it_is(has_account):
    delivery = failed(user=UserFactory() if has_account else None)
    assert try_again(delivery=delivery, by=AdministratorFactory(), now=DUE)
    assert DigestDelivery.objects.get(pk=delivery.pk).state == "planned"


def test_for_a_corrected_address_it_is_written_but_not_sent_to_the_old_one():
    delivery = failed(email="ada@old.example")
    suppress(address="ada@old.example", why="5.1.1", now=DUE)
    Person.objects.filter(pk=delivery.person_id).update(email="ada@new.example")
    (mail_id,) = post(1)
    OutboundMail.objects.filter(pk=mail_id).update(recipient="Ada@old.example", state="failed")
    DigestDelivery.objects.filter(pk=delivery.pk).update(state="rendered", reason="", mail=mail_id)
    with pytest.raises(Unwanted):
        try_again(delivery=delivery, by=AdministratorFactory(), now=DUE)
    DigestDelivery.objects.filter(pk=delivery.pk).update(
        state="failed", reason="Trace 2", mail=None
    )
    assert try_again(delivery=delivery, by=AdministratorFactory(), now=DUE)
