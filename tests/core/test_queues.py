"""Ringing never fails a request, and never makes it wait for long."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app, shared_task
from django.db import transaction

from core.local import process
from core.local.binaries import valkey_server
from core.local.layout import layout_at
from core.local.valkey import Valkey
from core.queues import PAUSE_SECONDS, Doorbell, Queue, nudge
from core.startup import broker_address, broker_probe_address
from core.tasks import send_due_mail


@shared_task(name="tests.ring")
def ring(*, number: int = 0) -> None:
    """A task that no worker of the test run ever receives."""


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, process.Child]]:
    """A broker of our own, which the test may stop."""
    layout = layout_at(tmp_path / "var")
    for folder in (layout.sockets, layout.valkey_data, layout.logs):
        folder.mkdir(parents=True)
    server = Valkey(layout, valkey_server(), durable=False)
    child = server.start()
    monkeypatch.setattr(current_app.conf, "broker_url", broker_address(server.url))
    yield server.url, child
    child.stop()


def waiting(url: str, queue: Queue) -> int:
    """How many messages are in a queue."""
    from redis import Redis

    with Redis.from_url(broker_probe_address(url)) as client:
        return int(client.llen(queue.value))


def test_a_ring_arrives_in_the_queue_of_its_task(broker: tuple[str, process.Child]) -> None:
    assert Doorbell().ring(send_due_mail, {})
    assert waiting(broker[0], Queue.MAIL) == 1
    assert waiting(broker[0], Queue.DEFAULT) == 0


def test_a_stopped_broker_costs_nothing(broker: tuple[str, process.Child]) -> None:
    doorbell = Doorbell()
    assert doorbell.ring(ring, {})
    broker[1].stop()
    began = time.monotonic()
    assert not doorbell.ring(ring, {})
    assert time.monotonic() - began < 1


def test_a_hanging_broker_costs_little_and_once(broker: tuple[str, process.Child]) -> None:
    doorbell = Doorbell()
    assert doorbell.ring(ring, {})
    os.kill(broker[1].process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not doorbell.ring(ring, {})
        assert time.monotonic() - began < 2.5
        began = time.monotonic()
        assert not doorbell.ring(ring, {})
        assert time.monotonic() - began < 0.05
    finally:
        os.kill(broker[1].process.pid, signal.SIGCONT)


def test_ringing_goes_on_after_the_pause(broker: tuple[str, process.Child]) -> None:
    doorbell = Doorbell()
    doorbell.silent_until = time.monotonic() + PAUSE_SECONDS
    assert not doorbell.ring(ring, {})
    doorbell.silent_until = 0
    assert doorbell.ring(ring, {})


@pytest.mark.django_db
def test_nothing_rings_before_the_commit(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr("core.queues.doorbell.ring", lambda task, kwargs: rung.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        nudge(ring, number=7)
        assert rung == []
    assert rung == [{"number": 7}]


@pytest.mark.django_db
def test_a_doorbell_that_breaks_breaks_nothing_else(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def broken(task: object, kwargs: dict[str, Any]) -> bool:
        raise RuntimeError

    monkeypatch.setattr("core.queues.doorbell.ring", broken)
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        nudge(ring)
    assert len(callbacks) == 1
    assert [entry[2] for entry in transaction.get_connection().run_on_commit] == [True]


def test_every_queue_is_served_by_the_local_worker() -> None:
    from core.local.services import QUEUES

    assert QUEUES.split(",") == [queue.value for queue in Queue]
