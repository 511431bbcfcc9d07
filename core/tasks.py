"""The clock's and the doorbell's way to core's work."""

from __future__ import annotations

from celery import shared_task

from core import mail


@shared_task
def send_due_mail() -> None:
    """Send what is due; a full batch means that there may be more."""
    while mail.send_due(limit=mail.BATCH) >= mail.BATCH:
        pass
