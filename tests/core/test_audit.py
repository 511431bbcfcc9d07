"""Every way of writing leaves a row that says who, when, from what, to what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.db.utils import ProgrammingError

from accounts.enums import Role
from accounts.models import User
from core.audit import (
    GONE,
    SYSTEM,
    acting_as,
    apply_context,
    event_model,
    model_history,
    plain_words,
)
from core.history import Change
from tests.factories.accounts import AdministratorFactory, UserFactory


def events(user_id: int):
    return event_model(User).objects.filter(pgh_obj_id=user_id).order_by("pgh_id")


def history(user_id: int, **options):
    return model_history(User, Q(pgh_obj_id=user_id), subject=lambda row: row.name, **options)


@pytest.mark.django_db
def test_bulk_and_raw_writes_are_kept_too():
    bo = UserFactory(name="Bo")
    User.objects.filter(pk=bo.pk).update(name="Bob")
    bo.name = "Bobby"
    User.objects.bulk_update([bo], ["name"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET name = 'Robert' WHERE id = %s", [bo.pk])
    User.objects.filter(pk=bo.pk).delete()
    assert [(event.pgh_label, event.name) for event in events(bo.pk)] == [
        ("insert", "Bo"),
        ("update", "Bob"),
        ("update", "Bobby"),
        ("update", "Robert"),
        ("delete", "Robert"),
    ]


@pytest.mark.django_db
def test_history_can_not_be_rewritten():
    bo = UserFactory()
    for statement in ("UPDATE accounts_userevent SET name = 'x'", "DELETE FROM accounts_userevent"):
        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert events(bo.pk).count() == 1


@pytest.mark.django_db
def test_a_request_tells_who_where_and_its_id(client):
    ines = AdministratorFactory()
    bo = UserFactory(name="Bo")
    client.force_login(ines)
    client.post(f"/people/{bo.pk}/edit/", {"name": "Bob", "role": "employee", "time_zone": ""})
    told = events(bo.pk).last().pgh_context.metadata
    assert (told["user"], told["url"]) == (ines.pk, f"/people/{bo.pk}/edit/")
    assert told["request_id"]


@pytest.mark.django_db
def test_a_task_acts_for_somebody_and_says_how():
    ines, bo = AdministratorFactory(), UserFactory(name="Bo")
    with acting_as(ines, source="import"):
        User.objects.filter(pk=bo.pk).update(name="Bob")
    with acting_as(None):
        User.objects.filter(pk=bo.pk).update(name="Bobby")
    newest, before, _ = history(bo.pk)
    assert (newest.actor, newest.source) == (SYSTEM, "")
    assert (before.actor, before.source) == (ines.name, "import")


@pytest.mark.django_db
def test_copy_goes_past_the_wrapper_unless_the_context_is_carried_in():
    ines = AdministratorFactory()
    rows = "COPY accounts_user (email, name, password, role, time_zone, theme, single_keys, "
    rows += "is_active, is_demo, session_epoch, created_at, density, start_put_away) FROM STDIN"

    def load(email: str, *, carried: bool) -> int | None:
        with transaction.atomic(), acting_as(ines), connection.cursor() as cursor:
            if carried:
                apply_context(cursor)
            with cursor.copy(rows) as copy:
                copy.write_row(
                    (
                        email,
                        "Bo",
                        "!",
                        "employee",
                        "",
                        "auto",
                        True,
                        True,
                        False,
                        0,
                        "2026-11-21",
                        "comfortable",
                        False,
                    )
                )
        event = event_model(User).objects.get(email=email)
        return event.pgh_context.metadata["user"] if event.pgh_context else None

    assert load("negative-control@example.org", carried=False) is None
    assert load("bo@example.org", carried=True) == ines.pk


@pytest.mark.django_db
def test_apply_context_outside_of_one_does_nothing():
    with connection.cursor() as cursor:
        apply_context(cursor)
        cursor.execute("SELECT current_setting('pghistory.context_id', true)")
        assert cursor.fetchone()[0] in (None, "")


@pytest.mark.django_db
def test_a_change_is_told_from_what_to_what():
    bo = UserFactory(name="Bo")
    User.objects.filter(pk=bo.pk).update(name="Bob", role=Role.ADMINISTRATOR)
    newest, first = history(bo.pk)
    assert (newest.what, newest.subject, first.subject) == ("changed", "Bob", "Bo")
    assert set(newest.changes) == {
        Change("name", "Bo", "Bob", "name"),
        Change("role", "Employee", "Administrator", "role"),
    }
    assert first.what == "added"
    assert Change("name", None, "Bo", "name") in first.changes


@pytest.mark.django_db
def test_a_removed_thing_is_told_as_it_was():
    bo = UserFactory(name="Bo")
    key = bo.pk
    bo.delete()
    assert Change("name", "Bo", None, "name") in history(key)[0].changes


@pytest.mark.django_db
def test_a_page_compares_with_what_lies_on_the_next_one():
    bo = UserFactory(name="a")
    for name in "bcd":
        User.objects.filter(pk=bo.pk).update(name=name)
    (newest,) = history(bo.pk, limit=1)
    assert newest.changes == (Change("name", "c", "d", "name"),)


@pytest.mark.django_db
def test_who_has_gone_is_said_to_be_gone():
    ines, bo = AdministratorFactory(), UserFactory()
    with acting_as(ines):
        User.objects.filter(pk=bo.pk).update(name="Bob")
    ines.delete()
    assert history(bo.pk)[0].actor == GONE


@pytest.mark.django_db
def test_history_costs_three_queries_however_long(django_assert_num_queries):
    ines, bo = AdministratorFactory(), UserFactory()
    with acting_as(ines):
        for number in range(12):
            User.objects.filter(pk=bo.pk).update(name=f"Bo {number}")
    for limit in (1, 10):
        with django_assert_num_queries(3):
            assert len(history(bo.pk, limit=limit)) == limit


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (dt.date(2026, 11, 21), "21 Nov 2026"),
        (dt.datetime(2026, 11, 21, 9, 5, tzinfo=dt.UTC), "21 Nov 2026, 09:05 UTC"),
        (Decimal("12.500"), "12.5"),
        (Decimal("1E+3"), "1000"),
        (71.0, "71"),
        (0.1, "0.1"),
        (0, "0"),
    ],
)
def test_stored_values_read_like_words(value, words):
    assert plain_words(value) == words
