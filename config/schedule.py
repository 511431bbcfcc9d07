"""The clock. A tick only asks "is anything due?"; rows in the database decide.

Ticks may be lost, late or doubled without harm: what is due is computed from data, and a
`ScheduleSlot` row lets a job that must happen once per day happen once.
"""

from typing import Any

from core.queues import Queue

TICK_SECONDS = 15.0
MINUTE = 60.0
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
    "digests.tasks.draft_chunk": {"queue": Queue.DEFAULT.value},
    "digests.tasks.draft_week": {"queue": Queue.DEFAULT.value},
    "digests.tasks.plan_and_write": {"queue": Queue.MAIL.value},
    "health.tasks.roll_up_stale": {"queue": Queue.ROLLUPS.value},
    "health.tasks.roll_up_chunk": {"queue": Queue.ROLLUPS.value},
    "health.tasks.recompute_days": {"queue": Queue.ROLLUPS.value},
    "health.tasks.sweep": {"queue": Queue.ROLLUPS.value},
    "imports.tasks.prune_files": {"queue": Queue.DEFAULT.value},
    "imports.tasks.resume_runs": {"queue": Queue.DEFAULT.value},
    "imports.tasks.work_on_run": {"queue": Queue.DEFAULT.value},
    "intake.tasks.make_sessions": {"queue": Queue.DEFAULT.value},
    "intake.tasks.offer_free_seats": {"queue": Queue.DEFAULT.value},
    "intake.tasks.prune_attachments": {"queue": Queue.DEFAULT.value},
    "intake.tasks.send_inbox_batches": {"queue": Queue.DEFAULT.value},
    "intake.tasks.send_reminders": {"queue": Queue.DEFAULT.value},
    "intake.tasks.ship_releases": {"queue": Queue.DEFAULT.value},
    "kpis.tasks.create_partitions": {"queue": Queue.DEFAULT.value},
}

BEAT_SCHEDULE = {
    "roll up stale products": tick("health.tasks.roll_up_stale", TICK_SECONDS, Queue.ROLLUPS),
    "send due mail": tick("core.tasks.send_due_mail", TICK_SECONDS, Queue.MAIL),
    "resume imports": tick("imports.tasks.resume_runs", TICK_SECONDS, Queue.DEFAULT),
    "prune import files": tick("imports.tasks.prune_files", SIX_HOURS, Queue.DEFAULT),
    "plan and write digests": tick("digests.tasks.plan_and_write", TICK_SECONDS, Queue.MAIL),
    "draft digests": tick("digests.tasks.draft_week", QUARTER_OF_AN_HOUR, Queue.DEFAULT),
    "work days out again": tick("health.tasks.recompute_days", TICK_SECONDS, Queue.ROLLUPS),
    "nightly sweep": tick("health.tasks.sweep", QUARTER_OF_AN_HOUR, Queue.ROLLUPS),
    "prune files of requests": tick("intake.tasks.prune_attachments", SIX_HOURS, Queue.DEFAULT),
    "sessions ahead": tick("intake.tasks.make_sessions", QUARTER_OF_AN_HOUR, Queue.DEFAULT),
    "offer free seats": tick("intake.tasks.offer_free_seats", MINUTE, Queue.DEFAULT),
    "tell inboxes": tick("intake.tasks.send_inbox_batches", MINUTE, Queue.DEFAULT),
    "remind visitors": tick("intake.tasks.send_reminders", QUARTER_OF_AN_HOUR, Queue.DEFAULT),
    "ship releases": tick("intake.tasks.ship_releases", MINUTE, Queue.DEFAULT),
    "partitions ahead": tick("kpis.tasks.create_partitions", SIX_HOURS, Queue.DEFAULT),
}
