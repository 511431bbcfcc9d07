"""Attempts on the ways in: cookies, links of mails, limits, long passwords, odd addresses."""

from __future__ import annotations

import datetime as dt
import email
import logging
from email.policy import default

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import invite_user, password_link
from core.models import OutboundMail
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory

SIGN_IN = "/accounts/login/"
NEW = "seven wet dogs on a boat"


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def path_of(url: str) -> str:
    return url.removeprefix("http://testserver")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    [
        r'"\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
        r'"a\000\377aaaaaaaaaaaaaa"',
        r'"\355\240\200aaaaaaaaaaa"',
        "x" * 4000,
        "'; --aaaaaaa",
        "%00aaaaaaaaaaaa",
    ],
)
@pytest.mark.parametrize("name", ["homegrown_session", "homegrown_csrf"])
def test_no_cookie_breaks_a_page(name, value):
    client = Client(raise_request_exception=False)
    for path in ("/", SIGN_IN, "/demo/", "/no-such-page/"):
        response = client.get(path, headers={"cookie": f"{name}={value}"})
        assert response.status_code in (200, 302, 404), path


@pytest.mark.django_db
def test_a_planted_session_is_not_kept_when_somebody_signs_in():
    bo = UserFactory(password=PASSWORD)
    client = Client()
    client.get("/accounts/password/reset/key/1-set-password/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["homegrown_session"] = planted = session.session_key
    client.post(SIGN_IN, {"login": bo.email, "password": PASSWORD})
    assert client.cookies["homegrown_session"].value != planted
    victim = Client()
    victim.cookies["homegrown_session"] = planted
    assert victim.get("/profile/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("length", [513, 100_000])
def test_a_password_longer_than_the_limit_is_refused_unhashed(monkeypatch, length):
    bo = UserFactory(password=PASSWORD)
    hashed: list[int] = []
    check = User.check_password
    monkeypatch.setattr(
        User, "check_password", lambda self, raw: hashed.append(len(raw)) or check(self, raw)
    )
    client = Client()
    response = client.post(SIGN_IN, {"login": bo.email, "password": "x" * length})
    assert response.status_code == 200
    client.force_login(bo)
    new = {"oldpassword": PASSWORD, "password1": "x1y2z3w4 " * (length // 9 + 1)}
    client.post("/accounts/password/change/", new)
    client.post("/accounts/password/change/", {"oldpassword": "x" * length, "password1": NEW})
    bo.refresh_from_db()
    monkeypatch.undo()
    assert bo.check_password(PASSWORD)
    assert max(hashed, default=0) <= 512


@pytest.mark.django_db
def test_a_link_works_once():
    bo = UserFactory(password=PASSWORD)
    link = path_of(password_link(bo))
    first = Client()
    form = first.get(link, follow=True).redirect_chain[-1][0]
    first.post(form, {"password1": NEW})
    bo.refresh_from_db()
    assert bo.check_password(NEW)
    second = Client()
    shown = second.get(link, follow=True)
    second.post(shown.request["PATH_INFO"], {"password1": "another one of these words"})
    bo.refresh_from_db()
    assert bo.check_password(NEW)
    # Nor does the address without the key, in the browser that has used it.
    first.post("/accounts/logout/")
    first.post(form, {"password1": "another one of these words"})
    bo.refresh_from_db()
    assert bo.check_password(NEW)


@pytest.mark.django_db
def test_a_link_dies_with_the_account():
    bo = UserFactory(password=PASSWORD)
    link = path_of(password_link(bo))
    User.objects.filter(pk=bo.pk).update(is_active=False)
    client = Client()
    shown = client.get(link, follow=True)
    client.post(shown.request["PATH_INFO"], {"password1": NEW})
    assert client.get("/profile/").status_code == 302


@pytest.mark.django_db
def test_nobody_learns_who_has_an_account():
    UserFactory(email="bo@example.org", password=PASSWORD)
    UserFactory(email="gone@example.org", password=PASSWORD, is_active=False)
    pages = {}
    for address in ("bo@example.org", "gone@example.org", "nobody@example.org"):
        client = Client()
        sign_in = client.post(SIGN_IN, {"login": address, "password": "wrong wrong wrong"})
        reset = Client().post("/accounts/password/reset/", {"email": address})
        words = sign_in.content.decode().replace(address, "")
        token = words.split('name="csrfmiddlewaretoken" value="')[1:]
        for part in token:
            words = words.replace(part.partition('"')[0], "")
        words = words.replace(client.cookies["homegrown_csrf"].value, "")
        pages[address] = (sign_in.status_code, len(words), reset.status_code, reset["Location"])
    assert len(set(pages.values())) == 1


ODD_ADDRESSES = (
    "a@" + "é" * 60 + ".example",
    "a@xn--" + "a" * 50 + ".example",
    "a@ xn--.example",
    '"\\\x01"@example.org',
    '"a b"@example.org',
    '"a@b"@example.org',
    '"a\\" , x@evil.example, \\"b"@example.org',
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "a@localhost",
    "x" * 64 + "@example.org",
    "x" * 240 + "@example.org",
    "a\r\nBcc: x@evil.example@example.org",
    "ａ@example.org",
    "a@ｅxample.org",
    "a@exam\u00adple.org",
    "a@\u0661.example",
    "a@\u1e9e.example",
    "a@\u200d.example",
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_no_address_breaks_an_invitation(address):
    client = Client(raise_request_exception=False)
    client.force_login(AdministratorFactory(email="ad@example.org"))
    data = {"name": "Bo\r\nBcc: x@evil.example", "email": address, "role": "employee"}
    response = client.post("/people/invite/", data)
    assert response.status_code in (302, 422)
    for mail in OutboundMail.objects.all():
        message = email.message_from_bytes(bytes(mail.raw), policy=default)
        assert len(message["To"].addresses) == 1
        assert "Bcc" not in message
        assert not message.defects


@pytest.mark.django_db
def test_a_name_adds_no_header_and_no_recipient():
    names = (
        "Bo\r\nBcc: x@evil.example",
        "Bo\nX: y",
        "x" * 100,
        "=?utf-8?q?a?=",
        "a@evil.example, b",
    )
    for number, name in enumerate(names):
        by = AdministratorFactory(name=name[:100])
        user = invite_user(
            email=f"p{number}@example.org",
            name=name[:100],
            role="employee",
            by=by,
            now=timezone.now() + dt.timedelta(seconds=number),
        )
        raw = bytes(OutboundMail.objects.get(recipient=user.email).raw)
        message = email.message_from_bytes(raw, policy=default)
        assert set(message.keys()) == {
            *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
            *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
        }
        assert [one.addr_spec for one in message["To"].addresses] == [user.email]


@pytest.mark.django_db
def test_a_forged_forwarded_address_gives_no_fresh_tries(settings):
    settings.TRUSTED_PROXIES = 0
    bo = UserFactory(password=PASSWORD)
    client = Client()
    for number in range(12):
        response = client.post(
            SIGN_IN,
            {"login": bo.email, "password": "wrong wrong wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}", "x-real-ip": f"203.0.113.{number}"},
        )
    assert "Too many tries" in response.content.decode()
    settings.TRUSTED_PROXIES = 1
    for number in range(12):
        response = client.post(
            SIGN_IN,
            {"login": bo.email, "password": "wrong wrong wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"},
        )
    assert "Too many tries" in response.content.decode()
