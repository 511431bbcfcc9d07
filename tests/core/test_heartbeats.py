"""A worker that hangs is noticed: whatever begins is a sign of life of its queue."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from config.celery import first_sign
from config.schedule import BEAT_SCHEDULE
from core import heartbeats
from core.heartbeats import EVERY_SECONDS, SILENT_AFTER, beat, seconds_since, silent_queues
from core.models import QueueHeartbeat
from core.queues import Queue

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The seconds of this process, and nothing written by an earlier test."""
    clock = SimpleNamespace(seconds=1_000.0)
    monkeypatch.setattr(heartbeats.time, "monotonic", lambda: clock.seconds)
    monkeypatch.setattr(heartbeats, "_written", {})
    return clock


def begins(task: str, queue: str, *, is_eager: bool = False) -> None:
    """What Celery tells when a worker begins a task."""
    request = SimpleNamespace(delivery_info={"routing_key": queue}, is_eager=is_eager)
    signals.task_prerun.send(sender=task, task=SimpleNamespace(request=request), task_id="1")


def test_a_task_that_begins_is_a_sign_of_its_queue() -> None:
    begins("core.tasks.send_due_mail", "mail")
    seconds = seconds_since(now=timezone.now())
    assert seconds["mail"] < 60
    assert (seconds["default"], seconds["rollups"]) == (None, None)
    assert silent_queues(seconds) == [Queue.DEFAULT, Queue.ROLLUPS]


def test_a_task_run_in_a_request_and_a_strange_queue_are_none() -> None:
    begins("core.tasks.send_due_mail", "mail", is_eager=True)
    begins("core.tasks.send_due_mail", "celery.pidbox")
    assert not QueueHeartbeat.objects.exists()


def test_signs_are_written_some_seconds_apart(
    clock: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        beat(["mail"], now=NOW)
        beat(["mail"], now=NOW + dt.timedelta(seconds=1))
    clock.seconds += EVERY_SECONDS
    with django_assert_num_queries(1):
        beat(["mail", "rollups"], now=NOW + dt.timedelta(seconds=10))
    assert seconds_since(now=NOW + dt.timedelta(seconds=15)) == {
        "default": None,
        "mail": 5,
        "rollups": 5,
    }


def test_a_queue_is_silent_after_two_minutes() -> None:
    beat(Queue, now=NOW)
    assert silent_queues(seconds_since(now=NOW + SILENT_AFTER)) == []
    late = NOW + SILENT_AFTER + dt.timedelta(seconds=1)
    assert silent_queues(seconds_since(now=late)) == list(Queue)


def test_the_clock_asks_every_queue_often_enough() -> None:
    """Or a queue would be silent though its worker is there."""
    for queue in Queue:
        asked = [one["schedule"] for one in BEAT_SCHEDULE.values() if _queue(one) == queue]
        assert min(asked) <= SILENT_AFTER.total_seconds() / 4


def _queue(entry: dict[str, Any]) -> str:
    return str(entry["options"]["queue"])


def test_a_worker_is_there_as_soon_as_it_has_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)  # it is the test's own
    queues = SimpleNamespace(consume_from={"default": 1, "mail": 2})
    sender = SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues)))
    first_sign(sender)
    assert set(QueueHeartbeat.objects.values_list("queue", flat=True)) == {"default", "mail"}


def test_no_task_fails_for_a_sign_that_can_not_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(QueueHeartbeat.objects, "bulk_create", refuse)
    begins("core.tasks.send_due_mail", "mail")
    assert connection.is_usable()


def test_the_address_for_the_monitor(client: Client) -> None:
    beat(Queue, now=timezone.now())
    answer = client.get("/health/workers")
    assert (answer.status_code, answer.json()["status"]) == (200, "working")
    QueueHeartbeat.objects.filter(queue="mail").update(at=timezone.now() - 2 * SILENT_AFTER)
    answer = client.get("/health/workers")
    told = answer.json()
    assert (answer.status_code, told["status"], told["silent"]) == (503, "silent", ["mail"])
    assert told["queues"]["mail"] == pytest.approx(240, abs=30)
    assert told["queues"]["default"] < 30
    assert "no-store" in answer["Cache-Control"]


def test_pages_are_served_though_nobody_works(client: Client) -> None:
    QueueHeartbeat.objects.all().delete()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["workers"] == "silent"


def test_without_the_database_nothing_is_known(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/workers")
    assert (answer.status_code, answer.json()["status"]) == (503, "unknown")
