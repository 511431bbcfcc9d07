"""The clock. A tick only asks "is anything due?"; rows in the database decide.

Ticks may be lost, late or doubled without harm: what is due is computed from data, and a
`ScheduleSlot` row lets a job that must happen once per day happen once.
"""

from typing import Any

from core.queues import Queue

TICK_SECONDS = 15.0
QUARTER_OF_AN_HOUR = 900.0
SIX_HOURS = 21_600.0


def tick(task: str, seconds: float, queue: Queue) -> dict[str, Any]:
    """An entry whose message is worthless once the next one has been sent."""
    return {
        "task": task,
        "schedule": seconds,
        "options": {"queue": queue.value, "expires": min(seconds, QUARTER_OF_AN_HOUR)},
    }


# Where each task waits; tests hold that every task is named here.
TASK_ROUTES = {
    "core.tasks.send_due_mail": {"queue": Queue.MAIL.value},
    "health.tasks.roll_up_stale": {"queue": Queue.ROLLUPS.value},
    "health.tasks.roll_up_chunk": {"queue": Queue.ROLLUPS.value},
    "health.tasks.sweep": {"queue": Queue.ROLLUPS.value},
    "imports.tasks.prune_files": {"queue": Queue.DEFAULT.value},
    "imports.tasks.resume_runs": {"queue": Queue.DEFAULT.value},
    "imports.tasks.work_on_run": {"queue": Queue.DEFAULT.value},
    "kpis.tasks.create_partitions": {"queue": Queue.DEFAULT.value},
}

BEAT_SCHEDULE = {
    "roll up stale products": tick("health.tasks.roll_up_stale", TICK_SECONDS, Queue.ROLLUPS),
    "send due mail": tick("core.tasks.send_due_mail", TICK_SECONDS, Queue.MAIL),
    "resume imports": tick("imports.tasks.resume_runs", TICK_SECONDS, Queue.DEFAULT),
    "prune import files": tick("imports.tasks.prune_files", SIX_HOURS, Queue.DEFAULT),
    "nightly sweep": tick("health.tasks.sweep", QUARTER_OF_AN_HOUR, Queue.ROLLUPS),
    "partitions ahead": tick("kpis.tasks.create_partitions", SIX_HOURS, Queue.DEFAULT),
}
