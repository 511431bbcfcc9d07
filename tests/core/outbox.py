"""The outbox of the tests, and a mail server that answers as it is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from core.models import OutboundMail
from core.smtp import Report, Transport

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def only() -> OutboundMail:
    return OutboundMail.objects.get()


def answer(monkeypatch: pytest.MonkeyPatch, *reports: Report) -> list[str]:
    """Let the server answer so, the last for ever; whom it was asked for."""
    asked: list[str] = []

    def deliver(self: Transport, *, recipient: str, **_: Any) -> Report:
        asked.append(recipient)
        return reports[min(len(asked), len(reports)) - 1]

    monkeypatch.setattr(Transport, "deliver", deliver)
    return asked


def database_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
