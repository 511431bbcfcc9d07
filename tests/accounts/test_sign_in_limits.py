"""Ten tries per account and address, a hundred per address, by the database's clock."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts.models import SignInBucket
from accounts.services import give_back_sign_in_token, take_sign_in_token

HERE, THERE = "192.0.2.1", "198.51.100.7"


def let_pass(seconds: float) -> None:
    """Move every bucket into the past: the clock is the database's and can't be frozen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_signinbucket SET updated_at = updated_at - make_interval(secs => %s)",
            [seconds],
        )


def tries(number: int, email: str = "bo@example.org", address: str = HERE) -> int:
    return sum(take_sign_in_token(email=email, address=address).is_allowed for _ in range(number))


@pytest.mark.django_db
def test_of_a_thousand_tries_ten_pass():
    assert tries(1000) == 10


@pytest.mark.django_db
def test_the_owner_at_another_address_still_gets_in():
    tries(1000)
    assert take_sign_in_token(email="bo@example.org", address=THERE).is_allowed


@pytest.mark.django_db
def test_spelling_an_address_differently_gives_no_new_allowance():
    tries(10)
    assert tries(3, email="  BO@Example.ORG ") == 0
    assert tries(3, email="ｂｏ@example.org") == 0


@pytest.mark.django_db
def test_one_address_tries_a_hundred_times_whatever_the_accounts():
    passed = sum(tries(1, email=f"user-{number}@example.org") for number in range(150))
    assert passed == 100


@pytest.mark.django_db
def test_refused_tries_on_one_account_cost_its_neighbours_nothing():
    tries(500)
    assert tries(1, email="neighbour@example.org") == 1


@pytest.mark.django_db
def test_the_allowance_comes_back_evenly_and_says_when():
    tries(10)
    refused = take_sign_in_token(email="bo@example.org", address=HERE)
    assert not refused.is_allowed
    assert 85 <= refused.wait_seconds <= 90
    let_pass(refused.wait_seconds)
    assert tries(2) == 1
    let_pass(15 * 60)
    assert tries(20) == 10


@pytest.mark.django_db
def test_trying_on_does_not_make_the_wait_longer():
    tries(200)
    first = take_sign_in_token(email="bo@example.org", address=HERE).wait_seconds
    let_pass(60)
    assert take_sign_in_token(email="bo@example.org", address=HERE).wait_seconds <= first - 59


@pytest.mark.django_db
def test_the_right_password_gives_the_try_back():
    for _ in range(50):
        assert take_sign_in_token(email="bo@example.org", address=HERE).is_allowed
        give_back_sign_in_token(email="bo@example.org", address=HERE)


@pytest.mark.django_db
def test_old_buckets_are_forgotten_and_none_names_anybody():
    tries(1)
    assert not SignInBucket.objects.filter(key__contains="example").exists()
    let_pass(2 * 24 * 3600)
    give_back_sign_in_token(email="else@example.org", address=THERE)
    assert SignInBucket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted():
    passed: list[bool] = []

    def attempt() -> None:
        allowed = [
            take_sign_in_token(email="bo@example.org", address=HERE).is_allowed for _ in range(10)
        ]
        passed.extend(allowed)
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(passed), sum(passed)) == (40, 10)
