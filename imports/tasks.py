"""Doorbells of imports: each hands a run to the one service that brings it further."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.queues import nudge
from imports import services
from imports.selectors import runs_waiting

# A wide workbook of 200 MB takes minutes. A message that comes again meanwhile does no harm.
LONGEST_SECONDS = 3600


@shared_task(time_limit=LONGEST_SECONDS)
def work_on_run(*, run_id: int) -> None:
    """Bring a run further; then it is the turn of those that wait for it to end."""
    if services.work_on(run_id=run_id, now=timezone.now()) is not None:
        for other in runs_waiting(besides=run_id):
            nudge(work_on_run, run_id=other)


@shared_task
def resume_runs() -> None:
    """Ring for every run that waits for a worker: those whose worker died, too."""
    for run_id in runs_waiting():
        nudge(work_on_run, run_id=run_id)


@shared_task
def prune_files() -> None:
    """Remove what is older than it is kept."""
    services.prune(now=timezone.now())
