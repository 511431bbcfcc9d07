"""Locks of the database, with real connections."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.models import User
from core import locks
from core.locks import advisory_lock, retry_on_deadlock
from tests.factories.accounts import UserFactory


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_held_by_one_until_the_transaction_ends():
    answers: list[bool] = []

    def other() -> None:
        with transaction.atomic():
            answers.append(advisory_lock("roll-up", wait=False))
            answers.append(advisory_lock("something else", wait=False))
        connection.close()

    def ask() -> list[bool]:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=10)
        return answers[-2:]

    with transaction.atomic():
        assert advisory_lock("roll-up")
        assert ask() == [False, True]
    assert ask() == [True, True]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_would_be_none():
    with pytest.raises(TransactionManagementError):
        advisory_lock("roll-up")


@pytest.mark.django_db(transaction=True)
def test_two_that_deadlock_both_succeed_in_the_end():
    pair = [UserFactory(name="a"), UserFactory(name="b")]
    barrier = threading.Barrier(2)
    runs: list[str] = []

    def swap(first: User, second: User, mark: str) -> None:
        waited = []

        @retry_on_deadlock
        @transaction.atomic
        def work() -> None:
            runs.append(mark)
            User.objects.filter(pk=first.pk).update(name=mark)
            if not waited:
                waited.append(True)
                barrier.wait(timeout=10)
            User.objects.filter(pk=second.pk).update(name=mark)

        try:
            work()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=swap, args=(pair[0], pair[1], "one")),
        threading.Thread(target=swap, args=(pair[1], pair[0], "two")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(runs) == 3  # one of them had to come again
    assert len({user.name for user in User.objects.all()}) == 1


def failing(sqlstate: str | None, times: int):
    """A function that fails so many times with an error of the database."""
    calls: list[int] = []

    @retry_on_deadlock
    def work() -> int:
        calls.append(1)
        if len(calls) <= times:
            cause = psycopg.errors.lookup(sqlstate)() if sqlstate else None
            raise OperationalError from cause
        return len(calls)

    return work, calls


@pytest.mark.django_db(transaction=True)
def test_it_gives_up_after_four_tries(monkeypatch):
    monkeypatch.setattr(locks.time, "sleep", lambda _: None)
    work, _ = failing("40P01", 3)
    assert work() == 4
    work, calls = failing("40001", 9)
    with pytest.raises(OperationalError):
        work()
    assert len(calls) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["57014", None])
def test_other_errors_are_not_tried_again(sqlstate):
    work, calls = failing(sqlstate, 1)
    with pytest.raises(OperationalError):
        work()
    assert len(calls) == 1


@pytest.mark.django_db
def test_inside_somebody_elses_transaction_nothing_is_repeated():
    work, calls = failing("40P01", 1)
    with pytest.raises(OperationalError):
        work()
    assert len(calls) == 1
