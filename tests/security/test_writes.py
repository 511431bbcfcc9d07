"""What changes something needs the person's own form; what only reads changes nothing."""

from __future__ import annotations

import logging

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from tests.thorough import THOROUGH, share
from tests.walker import once_each, pages
from tests.world import QuickClient

# An administrator may read and write the same of every subject.
asked = pages if THOROUGH else once_each
# Reading a page may keep the session alive and count a visitor's tries, nothing else.
MAY_CHANGE = {"django_session", "accounts_signinbucket"}
# The one named exception: that an administrator has opened something confidential is kept.
READS = "stakeholders_confidentialread"
# Opening the link of a mail remembers its key in the session, so that it leaves the address bar.
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def changed_rows() -> dict[str, int]:
    """Rows inserted, changed or deleted in this transaction so far, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, sum(n_tup_ins + n_tup_upd + n_tup_del)"
            " FROM pg_stat_xact_user_tables GROUP BY relname"
        )
        return {table: int(rows) for table, rows in cursor.fetchall() if table not in MAY_CHANGE}


def refusals(page):
    """What says no to a write. The API can only be read, and says that or "Who are you?" first.

    A mail program has no form of ours: one POST to the address that a mail holds is all that RFC
    8058 asks for, and ends that mail alone (test_unsubscribe.py).
    """
    if page.name == "digests:unsubscribe":
        return {200, 405}
    return {401, 403, 405} if page.name.startswith("api:") else {403}


@pytest.mark.parametrize("actor", ["administrator", "anonymous"])
def test_without_the_token_of_a_form_nothing_is_accepted(world, actor):
    client = Client(enforce_csrf_checks=True)
    if actor != "anonymous":
        client.force_login(world.people[actor])
    accepted = []
    for page in asked(world):
        changed_rows()  # the database ends a transaction that asks it nothing for a minute
        accepted += [
            f"{method} {page}: {status}"
            for method in UNSAFE
            if (status := client.generic(method, page.url).status_code) not in refusals(page)
        ]
    assert accepted == []


def test_a_foreign_token_is_not_accepted_either(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["administrator"])
    client.cookies["homegrown_csrf"] = "a" * 32
    response = client.post("/profile/sessions/", {"csrfmiddlewaretoken": "b" * 32})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {}), ("GET", {"HX-Request": "true"}), ("HEAD", {}), ("OPTIONS", {})],
    ids=["page", "fragment", "HEAD", "OPTIONS"],
)
def test_reading_changes_nothing(world, method, headers):
    client = world.client("administrator", QuickClient)
    guilty = []
    for page in asked(world):
        before = changed_rows()
        with transaction.atomic():
            client.generic(method, page.url, headers=headers)
        after = changed_rows()
        tables = {table for table in after if after[table] != before.get(table)}
        if tables - ({READS} if notes_its_readers(page) else set()):
            guilty.append(f"{method} {page}: {sorted(tables)}")
    assert guilty == []


def notes_its_readers(page):
    return bool(getattr(resolve(page.url).func, "reads", ""))


def test_a_change_would_be_noticed(world):
    """Negative control of the test above."""
    before = changed_rows()
    world.client("administrator").post(
        "/profile/", {"name": "Other", "time_zone": "", "theme": "dark"}
    )
    assert changed_rows() != before


def test_an_empty_form_never_breaks_a_page(world):
    """The matrix allows 4xx for an empty form; this one names what answers with an error."""
    client = world.client("administrator", QuickClient)
    broken = []
    bodies = ("", "x=%00&y=%ff", "=&&==", "csrfmiddlewaretoken=%F0%9F%A6%81")
    for number, page in enumerate(asked(world)):
        for body in share(bodies, number, 2):
            with transaction.atomic():
                response = client.generic(
                    "POST", page.url, body, content_type="application/x-www-form-urlencoded"
                )
                transaction.set_rollback(True)
            if response.status_code >= 500:
                broken.append(f"{page} with {body!r}: {response.status_code}")
    assert broken == []
