"""What every answer carries, the answers of errors included."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from tests.walker import pages
from tests.world import QuickClient

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
SANDBOX = {
    "sandbox": "",
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "'self' data:",
    "frame-ancestors": "'self'",
}
# Somebody's file is only ever downloaded; opened all the same, it may do even less than a page.
NOTHING = {
    "sandbox": "",
    "default-src": "'none'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# The named exceptions of design/security.md, S07: bodies of mails, and the pages that frame them.
EXCEPTIONS = {
    "dev_mail_body": SANDBOX,
    "dev_mail_detail": {**POLICY, "frame-src": "'self'"},
    "digests:my_digest_mail": SANDBOX,
    "digests:web_copy": SANDBOX,
    "intake:attachment_detail": NOTHING,
    "digests:issue_body": SANDBOX,
    "digests:issue_detail": {**POLICY, "frame-src": "'self'"},
}


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def content_policy(response) -> dict[str, str]:
    parts = response.headers.get("Content-Security-Policy", "").split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts if part.strip())


def faults(response, wanted: dict[str, str]) -> list[str]:
    """What is missing or wrong in the headers of one answer."""
    vary = {name.strip() for name in response.headers.get("Vary", "").split(",")}
    cache = response.headers.get("Cache-Control", "")
    found = {
        "policy": content_policy(response) == wanted,
        "nosniff": response.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": response.headers.get("Referrer-Policy") == "same-origin",
        "opener": response.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "private": "private" in cache and "public" not in cache,
        "revalidated": "no-cache" in cache or "no-store" in cache,
        "vary": {"Cookie", "HX-Request"} <= vary,
    }
    return [name for name, is_right in found.items() if not is_right]


@pytest.mark.parametrize("actor", ["administrator", "employee", "anonymous"])
def test_every_page_carries_the_headers(world, actor):
    """Pages, redirects to sign in, 403 and 404 alike, and each kind of each route as a fragment."""
    client = world.client(actor, QuickClient)
    wrong, seen, met = [], set(), set()
    for page in pages(world):
        answers = [client.get(page.url)]
        if (kind := (page.name, answers[0].status_code)) not in met:
            met.add(kind)
            answers.append(client.get(page.url, headers={"HX-Request": "true"}))
        for response in answers:
            seen.add(response.status_code)
            exception = EXCEPTIONS.get(page.name) if response.status_code == 200 else None
            if problems := faults(response, exception or POLICY):
                wrong.append(f"{page} {response.status_code}: {problems}")
    assert wrong == []
    assert (
        seen
        >= {"administrator": {200}, "employee": {200, 403, 404}, "anonymous": {200, 302}}[actor]
    )


@pytest.mark.django_db
def test_errors_carry_the_headers_too(monkeypatch):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = {
        404: client.get("/no-such-page/"),
        403: client.post("/accounts/login/"),
        400: client.get("/", headers={"host": "evil.example"}),
        405: client.generic("DELETE", "/health/live", headers={}),
    }
    monkeypatch.setattr("core.policies.policies", lambda: 1 / 0)
    answers[500] = client.get("/accounts/login/")
    assert answers[500].status_code == 500
    assert {code: answer.status_code for code, answer in answers.items() if code != 405} == {
        code: code for code in (404, 403, 400, 500)
    }
    assert {code: faults(answer, POLICY) for code, answer in answers.items()} == {
        code: [] for code in answers
    }


@pytest.mark.django_db
def test_an_error_tells_nothing_but_its_number(monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("core.policies.policies", lambda: {}["SECRET-CANARY"])
    page = client.get("/accounts/login/").content.decode()
    assert "SECRET-CANARY" not in page
    assert "Traceback" not in page
    assert "KeyError" not in page


@pytest.mark.django_db
def test_cookies_are_for_the_browser_alone(world):
    client = Client()
    client.get("/accounts/login/")
    client.post("/demo/", {"person": ""})
    client.force_login(world.people["employee"])
    response = client.get("/profile/")
    session = client.cookies["homegrown_session"]
    assert session["httponly"] or response.cookies["homegrown_session"]["httponly"]
    response = Client().post(
        "/accounts/login/",
        {"login": "employee@example.org", "password": "correct horse battery staple"},
    )
    cookie = response.cookies["homegrown_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
