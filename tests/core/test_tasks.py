"""Core's tasks, run twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as django_mail

from core.mail import queue_mail
from core.models import OutboundMail
from core.tasks import send_due_mail

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_everything_due_is_sent_once():
    number = 23
    for index in range(number):
        queue_mail(
            kind="test", to=f"p{index}@example.org", subject="S", text="T", html="H", now=NOW
        )
    send_due_mail()
    send_due_mail()
    assert len(django_mail.outbox) == number
    assert set(OutboundMail.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db
def test_a_queued_mail_rings_the_bell(eager_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue_mail(kind="test", to="bo@example.org", subject="S", text="T", html="H", now=NOW)
    assert len(django_mail.outbox) == 1
