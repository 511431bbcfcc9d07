"""The three queues, and the doorbell.

Work is a row in PostgreSQL; a message only says "look now". When the broker is away the row
is found at the next tick, so ringing may fail silently, and must fail fast.
"""

import time
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

import structlog
from celery import current_app
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

logger = structlog.get_logger(__name__)

# A hanging broker costs a request this much, once; then nobody tries for a while.
TIMEOUT_SECONDS = 1.0
PAUSE_SECONDS = 5.0


class Queue(StrEnum):
    """Where a task waits. Roll-ups and mail can't hold up each other."""

    DEFAULT = "default"
    ROLLUPS = "rollups"
    MAIL = "mail"


class Task(Protocol):
    """The part of a Celery task that the doorbell needs."""

    name: str

    def apply_async(self, *args: Any, **options: Any) -> Any: ...


class Doorbell:
    """Publishes messages without retries and remembers that the broker did not answer."""

    def __init__(self) -> None:
        self.silent_until = 0.0

    def ring(self, task: Task, kwargs: dict[str, Any]) -> bool:
        """Whether the message went out. Never raises for a broker that is away."""
        if time.monotonic() < self.silent_until:
            return False
        if current_app.conf.task_always_eager:
            task.apply_async(kwargs=kwargs)
            return True
        try:
            with producers[connection(current_app.conf.broker_url)].acquire(
                block=True, timeout=TIMEOUT_SECONDS
            ) as producer:
                task.apply_async(kwargs=kwargs, producer=producer, retry=False)
        except Exception as error:  # noqa: BLE001 - kombu raises OSError, redis and its own kinds
            self.silent_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("broker_unreachable", task=task.name, error=type(error).__name__)
            return False
        return True


@cache
def connection(url: str) -> Connection:
    """The connection of web processes: unlike a worker's it gives up after a second."""
    timeouts = {
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    return Connection(url, connect_timeout=TIMEOUT_SECONDS, transport_options=timeouts)


doorbell = Doorbell()


def nudge(task: Task, **kwargs: Any) -> None:
    """Ring for `task` once the current transaction is committed; at once outside of one."""
    transaction.on_commit(lambda: doorbell.ring(task, kwargs) and None, robust=True)
