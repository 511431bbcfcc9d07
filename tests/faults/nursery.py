"""Celery workers that are there at once: one process has loaded everything, and forks.

    python -m tests.faults.nursery [--mark-first]

For each line on standard input a worker starts in a process group of its own; its number is
printed. `--mark-first`: mails are noted as sent before they are sent, which must never be.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db.models.functions import Now

from config.celery import app
from core.mail import sending
from core.models import MailState, OutboundMail

WORKER = ["-q", "worker", "-Q", "mail", "-c", "2", "--without-gossip", "--without-mingle",
          "--without-heartbeat", "--loglevel", "ERROR"]  # fmt: skip


def mark_first() -> None:
    """The design of others: who is noted as served gets nothing after a crash."""
    claim = sending.claim

    def claimed(limit: int):
        allowance, mails = claim(limit)
        taken = OutboundMail.objects.filter(pk__in=[mail.pk for mail in mails])
        taken.update(state=MailState.SENT, leased_until=None, sent_at=Now())
        return allowance, mails

    sending.claim = claimed


def main() -> None:
    app.loader.import_default_modules()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            app.start(argv=WORKER)
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    if "--mark-first" in sys.argv:
        mark_first()
    main()
