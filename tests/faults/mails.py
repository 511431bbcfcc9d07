"""Mails for the sink, and the database's clock moved on instead of waiting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from core.mail import NewMail, compose, new_message_id, queue_many, send_due
from core.models import MailState, OutboundMail
from tests.faults.sinks import Sink

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
OPEN = (MailState.QUEUED, MailState.SENDING, MailState.UNSURE)


def use(settings: Any, sink: Sink, *, probe: bool = True, **changes: Any) -> None:
    """Send to this sink; ask its log for evidence."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 0.6
    settings.MAIL_PROBE = f"log:{sink.log}?wait=0" if probe else ""
    settings.MAIL_BOUNCES_TO = "bounces@homegrown.example"
    for name, value in changes.items():
        setattr(settings, name, value)


def post(count: int, *, due_at: dt.datetime | None = None) -> list[int]:
    """Queue mails to p0@…, p1@…; their ids."""
    mails = []
    for number in range(count):
        to, message_id = f"p{number}@example.org", new_message_id()
        raw = compose(
            to=to, subject="Hello", text=f"Hello {number}\n.\n", html="<p>Hello</p>", now=NOW,
            message_id=message_id,
        )  # fmt: skip
        mails.append(NewMail("test", to, "Hello", message_id, raw, NOW, due_at))
    return queue_many(mails)


def later(hours: float = 9) -> None:
    """The clock is the database's: move everything that waits into the past."""
    length = dt.timedelta(hours=hours)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboundmail SET due_at = due_at - %s, leased_until = leased_until - %s"
            " WHERE state IN ('queued', 'sending', 'unsure')",
            [length, length],
        )
        cursor.execute("UPDATE core_mailpace SET away_until = away_until - %s", [length])


def drain(rounds: int = 14) -> int:
    """Send until nothing is open; how many rounds it took."""
    for number in range(rounds):
        send_due()
        if not OutboundMail.objects.filter(state__in=OPEN).exists():
            return number + 1
        later()
    return rounds
