"""Addresses of feeds: signed, revocable, read with their owner's rights."""

from __future__ import annotations

import secrets
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.feeds import purposes
from accounts.models import FeedKey
from accounts.selectors.feeds import feed_address, feed_of, feed_token
from accounts.services.feeds import NoSuchFeed, make_feed_key, revoke_feed_key
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW
from tests.factories.portfolio import MembershipFactory, ProductFactory

pytestmark = pytest.mark.django_db
GUESSES = 1_000


@pytest.fixture
def dana(client):
    user = UserFactory(name="Dana")
    client.force_login(user)
    return user


def host_key(user):
    return make_feed_key(purpose=purposes["host"], by=user, now=NOW)


def test_an_address_is_made_once_and_again_after_it_was_revoked(dana):
    key = host_key(dana)
    assert host_key(dana) == key
    assert feed_of(feed_token(key), "host") == key
    assert revoke_feed_key(key=key, by=dana, now=NOW) is True
    assert revoke_feed_key(key=key, by=dana, now=NOW) is False
    assert feed_of(feed_token(key), "host") is None
    other = host_key(dana)
    assert feed_token(other) != feed_token(key)
    assert feed_of(feed_token(other), "host") == other


def test_an_address_is_of_one_feed_and_one_secret(dana, settings):
    token = feed_token(host_key(dana))
    assert feed_of(token, "hours") is None
    settings.SECRET_KEY = "another"
    assert feed_of(token, "host") is None


def test_whoever_can_not_sign_in_has_no_feeds(dana):
    token = feed_token(host_key(dana))
    dana.is_active = False
    dana.save()
    assert feed_of(token, "host") is None


def test_one_thousand_guesses_open_nothing(dana, client):
    """Random ones, and those that begin with a real key, which a log might tell."""
    key = host_key(dana)
    real = feed_token(key)
    guesses = [secrets.token_hex(32) for _ in range(GUESSES // 2)]
    guesses += [f"{key.pk.hex}{secrets.token_hex(16)}" for _ in range(GUESSES // 2)]
    assert sum(feed_of(guess, "host") is not None for guess in guesses) == 0
    wrong = (real[:-1], f"{real}0", real.upper(), f"{'é' * 64}", "x" * 64, f"{'0' * 63}٣", "")
    assert [guess for guess in wrong if guess != real and feed_of(guess, "host")] == []
    answers = {
        client.get(reverse("intake:host_feed", args=[guess])).status_code for guess in guesses[:20]
    }
    assert answers == {404}


def test_every_reason_gives_the_same_answer(dana, client):
    revoked = host_key(dana)
    revoke_feed_key(key=revoked, by=dana, now=NOW)
    gone = host_key(UserFactory(is_active=False))
    tokens = (feed_token(revoked), feed_token(gone), secrets.token_hex(32), "x")
    answers = [client.get(reverse("intake:host_feed", args=[token])) for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content.count(b"\n") for answer in answers}) == 1


def test_nobody_makes_an_address_about_what_they_may_not_see(dana, client):
    hidden = ProductFactory(visibility="team")
    for product_id in (hidden.pk, None, 0):
        with pytest.raises(NoSuchFeed):
            make_feed_key(purpose=purposes["hours"], by=dana, now=NOW, product_id=product_id)
    address = reverse("accounts:feed_create")
    for query in (f"purpose=hours&product={hidden.pk}", "purpose=hours", "purpose=hours&product=x"):
        assert client.get(f"{address}?{query}").status_code == 404
        assert client.post(f"{address}?{query}").status_code == 404
    assert client.get(f"{address}?purpose=unknown").status_code == 302
    assert not FeedKey.objects.exists()
    MembershipFactory(user=dana, product=hidden)
    assert client.post(f"{address}?purpose=hours&product={hidden.pk}").status_code == 302
    assert FeedKey.objects.get().product_id == hidden.pk


def test_nobody_revokes_somebody_elses(dana, client):
    key = host_key(UserFactory())
    assert client.post(reverse("accounts:feed_revoke", args=[key.pk])).status_code == 404
    assert client.post(reverse("accounts:feed_revoke", args=[uuid4()])).status_code == 404
    with pytest.raises(ValueError, match="owner"):
        revoke_feed_key(key=key, by=dana, now=NOW)
    assert FeedKey.objects.filter(revoked_at__isnull=True).count() == 1


def test_the_page_lists_what_is_in_force_and_offers_the_rest(dana, client):
    page = client.get(reverse("accounts:feed_list")).content.decode()
    assert "No addresses yet" in page
    assert f"{reverse('accounts:feed_create')}?purpose=host" in page
    client.post(f"{reverse('accounts:feed_create')}?purpose=host")
    key = FeedKey.objects.get()
    assert feed_address(key) in client.get(reverse("accounts:feed_list")).content.decode()
    assert client.post(reverse("accounts:feed_revoke", args=[key.pk])).status_code == 302
    assert feed_address(key) not in client.get(reverse("accounts:feed_list")).content.decode()


@pytest.mark.parametrize("amount", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(dana, client, django_assert_num_queries, amount):
    for _ in range(amount):
        product = ProductFactory()
        make_feed_key(purpose=purposes["hours"], by=dana, now=NOW, product_id=product.pk)
    client.get(reverse("accounts:feed_list"))
    # The person, two of the page, the names of the products.
    with django_assert_num_queries(4):
        client.get(reverse("accounts:feed_list"))
