"""What probes are told, and what people see when the house itself is in trouble."""

from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from core import heartbeats, probe, views
from core.heartbeats import beat
from core.queues import Queue


@pytest.fixture(autouse=True)
def _no_earlier_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_written", {})


def refuse(*args: Any, **kwargs: Any) -> Any:
    """A database that is away."""
    raise OperationalError("connection refused: password=hunter2")


def test_live_asks_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    beat(Queue, now=timezone.now())
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "up", "broker": "up", "workers": "up"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_without_the_broker_it_is_degraded(client: Client, settings: Any) -> None:
    settings.BROKER_PROBE_URL = "unix:///nowhere/valkey.sock?db=2"
    beat(Queue, now=timezone.now())
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["broker"]) == ("degraded", "down")


def test_without_the_database_it_is_unavailable(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    told = {"status": "unavailable", "database": "down", "broker": "up", "workers": "unknown"}
    assert answer.json() == told
    assert "hunter2" not in answer.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_probes_only_look(client: Client, method: str) -> None:
    for page in ("/health/live", "/health/ready", "/health/workers"):
        assert getattr(client, method)(page).status_code == 405


def test_a_page_without_its_database_says_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.views.database_answers", refuse)
    client.raise_request_exception = False
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "hunter2" not in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_broken_page_tells_nothing_but_a_number(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> bool:
        raise RuntimeError("hunter2 SELECT * FROM accounts_user")

    monkeypatch.setattr("core.views.database_answers", broken)
    client.raise_request_exception = False
    seen: list[str] = []

    def note(sender: object, **_: Any) -> None:
        import structlog

        seen.append(structlog.contextvars.get_contextvars()["request_id"])

    got_request_exception.connect(note)
    try:
        answer = client.get("/health/ready")
    finally:
        got_request_exception.disconnect(note)
    body = answer.content.decode()
    assert answer.status_code == 500
    assert not any(word in body for word in ("hunter2", "SELECT", "Traceback", "RuntimeError"))
    assert seen[0] in body


def test_an_error_page_that_breaks_is_plain_text(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "render_to_string", refuse)
    answer = views.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert answer.content == b"500 Internal Server Error"
    assert answer["Content-Type"].startswith("text/plain")


def test_an_unknown_host_is_refused(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/health/live", headers={"host": "evil.example.com"})
    assert answer.status_code == 400
    assert "evil.example.com" not in answer.content.decode()


@pytest.mark.sockets
@pytest.mark.django_db(transaction=True)
def test_the_probe_of_a_container(live_server: Any) -> None:
    port = live_server.thread.port
    assert probe.answers("live", port=port, host="testserver")
    assert not probe.answers("live", port=port, host="evil.example.com")
    assert not probe.answers("missing", port=port, host="testserver")
    assert not probe.answers("live", port=9, host="testserver")


@pytest.mark.django_db
def test_an_old_form_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.com"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()
