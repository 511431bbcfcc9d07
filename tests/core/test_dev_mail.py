"""The demo's mailbox: readable, harmless, and only there in the demo."""

from __future__ import annotations

import datetime as dt

import pytest

from core.mail import queue_mail

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def mail(db, settings):
    settings.DEMO = True
    return queue_mail(
        kind="test",
        to="bo@example.org",
        subject="Grüße <b>",
        text="Hello https://example.org/x <i>",
        html="<p>Hello</p><script>alert(1)</script>",
        now=NOW,
    )


def test_an_empty_mailbox_says_so(client, db, settings):
    settings.DEMO = True
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


def test_mails_are_listed_and_opened(client, mail):
    page = client.get("/dev/mail/").content.decode()
    assert f'href="/dev/mail/{mail.pk}/"' in page
    assert "Grüße &lt;b&gt;" in page
    opened = client.get(f"/dev/mail/{mail.pk}/").content.decode()
    assert f'src="/dev/mail/{mail.pk}/body/"' in opened
    assert "&lt;i&gt;" in opened
    assert "<script>alert" not in opened


def test_the_body_runs_nothing_and_loads_nothing(client, mail):
    response = client.get(f"/dev/mail/{mail.pk}/body/")
    assert b"<p>Hello</p>" in response.content
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in response.headers["Content-Security-Policy"].split(";")
        if part.strip()
    )
    assert policy == {
        "sandbox": "",
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "'self' data:",
        "frame-ancestors": "'self'",
    }


def test_only_the_page_around_it_may_frame_it(client, mail):
    page = client.get(f"/dev/mail/{mail.pk}/").headers["Content-Security-Policy"]
    assert "frame-src 'self'" in page
    assert "script-src 'self'" in page
    assert "frame-src" not in client.get("/dev/mail/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/body/"])
def test_outside_the_demo_there_is_no_mailbox(client, mail, settings, path):
    settings.DEMO = False
    assert client.get(f"/dev/mail/{path.format(pk=mail.pk)}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_two_queries(client, mail, number, django_assert_num_queries):
    for _ in range(number - 1):
        queue_mail(kind="t", to="b@example.org", subject="s", text="t", html="h", now=NOW)
    with django_assert_num_queries(2):
        assert client.get("/dev/mail/").status_code == 200
