"""The clock's and the doorbell's way to core's work."""

from __future__ import annotations

import time

from celery import shared_task

from core import mail


@shared_task
def send_due_mail() -> None:
    """Send what is due; what came in while the last connection closed is looked for once more."""
    until = time.monotonic() + mail.RUN_SECONDS
    while (left := until - time.monotonic()) > 0 and mail.send_due(seconds=left):
        pass
