"""Who may pass, how long a session lives, what caches may keep."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import RequestFactory

from core.middleware import SESSION_SEEN, SESSION_STARTED, local_path
from core.policies import policies
from tests.factories.accounts import AdministratorFactory, UserFactory

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def policy(monkeypatch):
    """Change the policy of a route for one test."""

    def change(name: str, key: str | None) -> None:
        table = {**policies(), name: key}
        if key is None:
            del table[name]
        monkeypatch.setattr("core.policies.policies", lambda: table)

    return change


def test_a_route_without_a_policy_does_not_exist(client, policy):
    policy("health_live", None)
    assert client.get("/health/live").status_code == 404


def test_a_page_of_the_demo_exists_in_the_demo_only(client, settings, db):
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"person": "1"}).status_code == 404
    settings.DEMO = True
    assert client.get("/demo/").status_code == 200


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(client, db):
    response = client.get("/profile/?a=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/login/?next=%2Fprofile%2F%3Fa%3D1"


def test_after_a_form_the_way_back_is_the_page_it_stood_on(client, db):
    response = client.post("/profile/sessions/", headers={"referer": "http://testserver/profile/"})
    assert response.headers["Location"] == "/accounts/login/?next=%2Fprofile%2F"
    response = client.post("/profile/sessions/", headers={"referer": "https://evil.example/x"})
    assert response.headers["Location"] == "/accounts/login/"


def test_a_fragment_is_answered_with_401_and_an_address_for_the_whole_page(client, db):
    response = client.get(
        "/people/",
        headers={"hx-request": "true", "hx-current-url": "http://testserver/people/?q=a"},
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2Fpeople%2F%3Fq%3Da"
    assert response.content == b""


def test_who_may_not_gets_403(client, db):
    client.force_login(UserFactory())
    assert client.get("/people/").status_code == 403


def test_a_predicate_that_raises_opens_nothing(client, db, policy):
    client.force_login(UserFactory())
    policy("accounts:profile", "nobody.knows")
    assert client.get("/profile/").status_code == 403


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/products/", "/products/"),
        ("/products/?a=b", "/products/?a=b"),
        ("http://testserver/a/?b", "/a/?b"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("http:///evil.example/", ""),
        ("http://testserver//evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        ("\x00/a", ""),
    ],
)
def test_a_local_path_never_leads_off_the_site(url, path):
    assert local_path(RequestFactory().get("/"), url) == path


@pytest.mark.django_db
def test_a_session_ends_after_its_absolute_age_however_busy(client, settings):
    settings.SESSION_ABSOLUTE_SECONDS = 3600
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(AdministratorFactory())
        for _ in range(6):
            assert client.get("/profile/").status_code == 200
            clock.shift(600)
        assert client.get("/profile/").status_code == 200
        clock.shift(1)
        assert client.get("/profile/").status_code == 302


@pytest.mark.django_db
def test_a_session_that_nobody_uses_ends(client, settings):
    settings.SESSION_COOKIE_AGE = 3600
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(UserFactory())
        assert client.get("/profile/").status_code == 200
        clock.shift(3601)
        assert client.get("/profile/").status_code == 302


@pytest.mark.django_db
def test_reading_pages_saves_the_session_every_ten_minutes_only(client):
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(UserFactory())
        client.get("/profile/")
        first = dict(client.session.items())
        clock.shift(599)
        client.get("/profile/")
        assert client.session[SESSION_SEEN] == first[SESSION_SEEN] == first[SESSION_STARTED]
        clock.shift(2)
        client.get("/profile/")
        assert client.session[SESSION_SEEN] == first[SESSION_SEEN] + 601


@pytest.mark.django_db
def test_no_shared_cache_keeps_a_page(client):
    client.force_login(UserFactory())
    response = client.get("/profile/")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {"HX-Request", "Cookie"} <= set(response.headers["Vary"].split(", "))
