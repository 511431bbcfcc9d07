"""Whether anybody works: each task that begins is a sign of life of its queue.

The clock puts a task into every queue four times a minute, so a queue out of which nothing has been
taken for two minutes has no worker, or one that hangs with its connection open.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping

import structlog
from django.db import DatabaseError, InterfaceError

from core.models import QueueHeartbeat
from core.queues import Queue

SILENT_AFTER = dt.timedelta(seconds=120)
# A sign of each task would be a write for each task.
EVERY_SECONDS = 10.0

logger = structlog.get_logger(__name__)
_written: dict[str, float] = {}  # by this process: queue -> monotonic seconds


def beat(queues: Iterable[str], *, now: dt.datetime) -> None:
    """Note that a worker is at these queues, unless this process did so some seconds ago.

    Never raises for a database that is away: the task that begins will meet it.
    """
    seconds = time.monotonic()
    due = [
        queue
        for queue in queues
        if queue in set(Queue) and seconds - _written.get(queue, -EVERY_SECONDS) >= EVERY_SECONDS
    ]
    if not due:
        return
    _written.update(dict.fromkeys(due, seconds))
    try:
        QueueHeartbeat.objects.bulk_create(
            [QueueHeartbeat(queue=queue, at=now) for queue in sorted(due)],
            update_conflicts=True,
            unique_fields=["queue"],
            update_fields=["at"],
        )
    except (DatabaseError, InterfaceError) as error:
        logger.warning("heartbeat_not_written", error=type(error).__name__)


def seconds_since(*, now: dt.datetime) -> dict[Queue, float | None]:
    """Seconds since the last sign of each queue; None where there was never one."""
    known = dict(QueueHeartbeat.objects.values_list("queue", "at"))
    return {
        queue: (now - known[queue]).total_seconds() if queue in known else None for queue in Queue
    }


def silent_queues(seconds: Mapping[Queue, float | None]) -> list[Queue]:
    """The queues at which nobody works, by the seconds since their last sign."""
    limit = SILENT_AFTER.total_seconds()
    return [queue for queue, since in seconds.items() if since is None or since > limit]
