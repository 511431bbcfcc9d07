"""Signed addresses: each opens one page for one person, and nothing else opens anything."""

from __future__ import annotations

import random
import string

import pytest
from django.conf import settings

from digests.models import Reader
from digests.selectors.addresses import (
    Purpose,
    delivery_of,
    preferences_url,
    reader_of,
    unsubscribe_url,
    web_url,
)
from digests.services import reading
from stakeholders.services.merges import merge_people, undo_merge
from tests.factories.accounts import UserFactory
from tests.factories.digests import DUE, DeliveryFactory, ReaderFactory
from tests.factories.stakeholders import PersonFactory

pytestmark = pytest.mark.django_db
LETTERS = string.ascii_letters + string.digits + "-_"


def token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def test_an_address_is_absolute_and_leads_back_to_its_reader():
    person = PersonFactory()
    for url, purpose in (
        (unsubscribe_url(person.pk, 0), Purpose.UNSUBSCRIBE),
        (preferences_url(person.pk, 0), Purpose.PREFERENCES),
    ):
        assert url.startswith(f"{settings.BASE_URL}/digest/{purpose}/")
        assert reader_of(token(url), purpose) == person


def test_an_address_says_nothing_of_its_person():
    person = PersonFactory(pk=123_456_789)
    assert str(person.pk) not in unsubscribe_url(person.pk, 0)
    near = token(unsubscribe_url(person.pk + 1, 0)), token(unsubscribe_url(person.pk, 0))
    assert sum(one == other for one, other in zip(*near, strict=True)) < 8


def test_the_address_of_a_mail_leads_to_that_mail():
    one, other = DeliveryFactory(), DeliveryFactory()
    assert delivery_of(token(web_url(one.pk, one.person_id, 0))) == one
    assert delivery_of(token(web_url(other.pk, one.person_id, 0))) is None


def test_an_address_of_one_purpose_opens_no_other():
    delivery = DeliveryFactory()
    # The same key everywhere, so that nothing but the purpose tells them apart.
    person = PersonFactory(pk=delivery.pk + 100_000)
    mail = DeliveryFactory(pk=person.pk, person=person)
    tokens = {
        Purpose.UNSUBSCRIBE: token(unsubscribe_url(person.pk, 0)),
        Purpose.PREFERENCES: token(preferences_url(person.pk, 0)),
        Purpose.WEB_COPY: token(web_url(mail.pk, person.pk, 0)),
    }
    assert len(set(tokens.values())) == 3
    for purpose, written in tokens.items():
        assert (delivery_of(written) is not None) == (purpose is Purpose.WEB_COPY)
        for asked in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES):
            assert (reader_of(written, asked) is not None) == (purpose is asked)


def test_a_thousand_random_tokens_open_nothing():
    DeliveryFactory()
    chance = random.Random(20261130)
    for _ in range(1000):
        written = "".join(chance.choices(LETTERS, k=32))
        assert reader_of(written, Purpose.UNSUBSCRIBE) is None
        assert reader_of(written, Purpose.PREFERENCES) is None
        assert delivery_of(written) is None


def test_a_thousand_mutated_tokens_open_nothing():
    delivery = DeliveryFactory()
    chance = random.Random(20261116)
    good = (
        token(unsubscribe_url(delivery.person_id, 0)),
        token(preferences_url(delivery.person_id, 0)),
        token(web_url(delivery.pk, delivery.person_id, 0)),
    )
    for _ in range(1000):
        written = mutated(chance.choice(good), chance)
        assert written not in good
        assert reader_of(written, Purpose.UNSUBSCRIBE) is None, written
        assert reader_of(written, Purpose.PREFERENCES) is None, written
        assert delivery_of(written) is None, written


def mutated(written: str, chance: random.Random) -> str:
    at = chance.randrange(len(written))
    other = chance.choice([letter for letter in LETTERS if letter != written[at]])
    return chance.choice(
        (
            written[:at] + other + written[at + 1 :],
            written[:at] + written[at + 1 :],
            written[:at] + other + written[at:],
            written + "=",
            written + "\n",
            written[:at] + written[at:].swapcase() + "A",
            f"{written[:-8]}{''.join(chance.choices(LETTERS, k=8))}",
        )
    )


@pytest.mark.parametrize("written", ["", "a", "A" * 32, "A" * 33, "é" * 32, "\x00" * 32, "-" * 32])
def test_nonsense_opens_nothing(written):
    PersonFactory()
    assert reader_of(written, Purpose.PREFERENCES) is None
    assert delivery_of(written) is None


def test_counting_up_ends_every_address():
    delivery = DeliveryFactory()
    person = delivery.person
    old = [token(url(person.pk, 0)) for url in (unsubscribe_url, preferences_url)]
    copy = token(web_url(delivery.pk, person.pk, 0))
    reading.end_addresses(person=person, now=DUE)
    assert reader_of(old[0], Purpose.UNSUBSCRIBE) is None
    assert reader_of(old[1], Purpose.PREFERENCES) is None
    assert delivery_of(copy) is None
    epoch = Reader.objects.get(person=person).address_epoch
    assert epoch == 1
    assert reader_of(token(preferences_url(person.pk, epoch)), Purpose.PREFERENCES) == person
    assert delivery_of(token(web_url(delivery.pk, person.pk, epoch))) == delivery


def test_nobody_who_was_erased_is_behind_an_address():
    delivery = DeliveryFactory(person__erased_at=DUE)
    person = delivery.person
    assert reader_of(token(unsubscribe_url(person.pk, 0)), Purpose.UNSUBSCRIBE) is None
    assert delivery_of(token(web_url(delivery.pk, person.pk, 0))) is None


def test_whoever_left_can_only_unsubscribe():
    delivery = DeliveryFactory(person__user=UserFactory(is_active=False))
    person = delivery.person
    assert reader_of(token(unsubscribe_url(person.pk, 0)), Purpose.UNSUBSCRIBE) == person
    assert reader_of(token(preferences_url(person.pk, 0)), Purpose.PREFERENCES) is None
    assert delivery_of(token(web_url(delivery.pk, person.pk, 0))) is None


def test_a_merged_record_leads_to_the_one_that_was_kept():
    kept, gone = PersonFactory(), ReaderFactory(address_epoch=3).person
    delivery = DeliveryFactory(person=gone)
    written = token(preferences_url(gone.pk, 3))
    copy = token(web_url(delivery.pk, gone.pk, 3))
    merge = merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert reader_of(written, Purpose.PREFERENCES) == kept
    assert delivery_of(copy) == delivery
    reading.end_addresses(person=kept, now=DUE)
    assert reader_of(written, Purpose.PREFERENCES) is None
    assert delivery_of(copy) is None
    undo_merge(merge=merge, by=None, now=DUE)
    assert reader_of(written, Purpose.PREFERENCES) is None


def test_an_address_outlives_a_new_secret_while_the_old_one_is_known(settings):
    person = PersonFactory()
    written = token(unsubscribe_url(person.pk, 0))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-for-tests-0123456789abcdef"
    assert reader_of(written, Purpose.UNSUBSCRIBE) == person
    settings.SECRET_KEY_FALLBACKS = []
    assert reader_of(written, Purpose.UNSUBSCRIBE) is None


def test_making_addresses_reads_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        for key in range(1000):
            unsubscribe_url(key, 0)
            preferences_url(key, 0)
            web_url(key, key, 0)
