"""Kept pages: another answer for every other person, address, day and state of the data."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import kept
from core.toasts import add_toast
from tests.factories.accounts import UserFactory
from tests.factories.health import NOW, make_product, make_snapshot
from tests.factories.portfolio import MembershipFactory, ProductFactory

pytestmark = pytest.mark.django_db

BOARD, CATALOGUE = "/", "/products/"
PAGES = (BOARD, CATALOGUE)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def browser(user: User) -> Client:
    """Signed in, with the secret that a first page brings."""
    client = Client()
    client.force_login(user)
    client.get("/search/")
    return client


def asks(client: Client, url: str, **headers: str) -> tuple[Any, int]:
    """An answer, and what it cost."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, headers=headers)
    return answer, len(queries)


@pytest.mark.parametrize("url", PAGES)
def test_the_second_time_costs_two_questions(url: str) -> None:
    make_snapshot(make_product("Shift Planner"), ago=0)
    client = browser(UserFactory())
    first, dear = asks(client, url)
    again, cheap = asks(client, url)
    assert first.content == again.content and b"Shift Planner" in first.content
    assert dear > 4 and cheap == 2  # who it is, and which version
    unchanged, cheapest = asks(client, url, **{"If-None-Match": f"W/{first['ETag']}"})
    assert (unchanged.status_code, unchanged.content, cheapest) == (304, b"", 2)
    assert unchanged["ETag"] == first["ETag"]
    assert unchanged["Cache-Control"] == first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("url", PAGES)
def test_nobody_gets_the_page_of_somebody_else(url: str) -> None:
    secret = ProductFactory(name="Secret Planner", visibility="team")
    member, stranger = browser(MembershipFactory(product=secret).user), browser(UserFactory())
    told = [member.get(url), stranger.get(url), member.get(url), stranger.get(url)]
    assert ["Secret" in answer.content.decode() for answer in told] == [True, False, True, False]
    assert told[0]["ETag"] == told[2]["ETag"] != told[1]["ETag"] == told[3]["ETag"]
    stolen = stranger.get(url, headers={"If-None-Match": told[0]["ETag"]})
    assert stolen.status_code == 200


def _rename(user: User) -> None:
    User.objects.filter(pk=user.pk).update(name="Nadia")


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize(
    "change",
    [
        lambda product, user: type(product).objects.filter(pk=product.pk).update(name="Other"),
        lambda product, user: type(product).objects.filter(pk=product.pk).delete(),
        lambda product, user: MembershipFactory(product=product, role="manager"),
        lambda product, user: make_snapshot(product, ago=0, status="healthy", health=88),
        lambda product, user: type(product.portfolio).objects.update(name="Other portfolio"),
        lambda product, user: _rename(user),
        lambda product, user: User.objects.update(theme="dark"),
        lambda product, user: User.objects.update(role="administrator"),
    ],
)
def test_a_change_is_seen_at_once(url: str, change: Any) -> None:
    product, user = make_product("Shift Planner"), UserFactory()
    make_snapshot(product, ago=1)  # without any health the board asks how far the first steps are
    client = browser(user)
    before = client.get(url)
    change(product, user)
    after = client.get(url, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


@pytest.mark.parametrize("url", PAGES)
def test_rights_that_end_end_at_once(url: str) -> None:
    product = ProductFactory(name="Secret Planner", visibility="team")
    membership = MembershipFactory(product=product)
    client = browser(membership.user)
    assert b"Secret" in client.get(url).content
    membership.delete()
    assert b"Secret" not in client.get(url).content


def test_a_new_day_is_a_new_page(clock) -> None:
    make_product("Shift Planner")
    client = browser(UserFactory())
    first = client.get(BOARD)
    clock.shift(dt.timedelta(minutes=16))
    assert client.get(BOARD)["ETag"] != first["ETag"]


def test_another_secret_is_another_page() -> None:
    make_product("Shift Planner")
    user = UserFactory()
    first, second = browser(user), browser(user)
    answers = [client.get(BOARD) for client in (first, second)]
    assert answers[0]["ETag"] != answers[1]["ETag"]
    sent = second.post("/theme-of-nobody/", headers={"If-None-Match": answers[0]["ETag"]})
    assert sent.status_code == 404


def test_a_part_of_the_page_is_not_the_page() -> None:
    make_product("Shift Planner")
    client = browser(UserFactory())
    whole = client.get(BOARD)
    part = client.get(BOARD, headers={"HX-Request": "true", "HX-Target": "results"})
    assert part["ETag"] != whole["ETag"] and b"<html" not in part.content
    again = client.get(BOARD, headers={"HX-Request": "true", "HX-Target": "results"})
    assert again.content == part.content and again["HX-Push-Url"] == part["HX-Push-Url"]


def test_news_is_told_once_and_kept_by_nobody(rf) -> None:
    make_product("Shift Planner")
    client = browser(UserFactory())
    client.get(BOARD)
    session = client.session
    session["_messages"] = '[["__json_message", 0, 25, "Saved it.", ""]]'
    session.save()
    told = client.get(BOARD)
    assert b"Saved it." in told.content and not told.has_header("ETag")
    assert b"Saved it." not in client.get(BOARD).content
    assert add_toast  # the one way in which news is made


@pytest.mark.parametrize("query", ["?as_of=2026-11-01", "?as_of=nonsense"])
def test_past_days_are_not_kept(query: str) -> None:
    make_product("Shift Planner")
    assert not browser(UserFactory()).get(BOARD + query).has_header("ETag")


def test_a_page_that_asks_another_table_is_not_kept(monkeypatch) -> None:
    make_product("Shift Planner")
    client = browser(UserFactory())
    monkeypatch.setattr(kept, "_watched", kept._watched - {"portfolio_membership"})
    assert not client.get(CATALOGUE).has_header("ETag")


def test_each_watched_table_has_its_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname='core_watched'")
        assert {name for (name,) in cursor} == kept.watched()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_writes_nothing_is_kept() -> None:
    product = make_product("Shift Planner")
    client = browser(UserFactory())
    before = client.get(BOARD)
    params = connection.get_connection_params()
    wanted = {
        key: params[key]
        for key in ("dbname", "user", "password", "host", "port")
        if params.get(key)
    }
    with psycopg.connect(**wanted) as other:
        other.execute("UPDATE portfolio_product SET name = 'Other' WHERE id = %s", [product.pk])
        meanwhile = client.get(BOARD, headers={"If-None-Match": before["ETag"]})
        assert meanwhile.status_code == 200 and not meanwhile.has_header("ETag")
        assert b"Shift Planner" in meanwhile.content
        other.commit()
    after = client.get(BOARD, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200 and b"Other" in after.content
    assert transaction.get_autocommit()
