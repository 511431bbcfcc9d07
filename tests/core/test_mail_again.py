"""What was given up begins anew when an operator says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail as django_mail

from core.mail import claim_due, record_outcome, rewrite_mail, send_again, send_due
from core.models import MailState, OutboundMail
from core.smtp import Outcome, Report
from tests.faults.mails import post

NOW = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)


def refused(count: int = 1) -> list[int]:
    """Mails that the server has refused for good."""
    ids = post(count)
    for mail in claim_due(limit=count):
        record_outcome(mail=mail, report=Report(Outcome.REFUSED, "554 No"))
    return ids


@pytest.mark.django_db
def test_a_failed_mail_begins_anew_with_the_same_bytes() -> None:
    ids = refused()
    before = bytes(OutboundMail.objects.get().raw)
    assert send_again(mail_ids=ids, by=None, now=NOW) == 1
    assert send_again(mail_ids=ids, by=None, now=NOW) == 0
    assert not rewrite_mail(mail_id=ids[0], subject="S", text="T", html="H", now=NOW)
    send_due()
    mail = OutboundMail.objects.get()
    assert (mail.state, bytes(mail.raw), len(django_mail.outbox)) == (MailState.SENT, before, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": MailState.SENT},
        {"state": MailState.BOUNCED},
        {"state": MailState.QUEUED},
        {"withdrawn_why": "They unsubscribed."},
    ],
)
def test_nothing_else_begins_anew(fields: dict[str, Any]) -> None:
    ids = refused()
    OutboundMail.objects.update(**fields)
    assert send_again(mail_ids=ids, by=None, now=NOW) == 0


@pytest.mark.django_db
def test_one_that_perhaps_arrived_is_asked_about_first() -> None:
    ids = refused()
    OutboundMail.objects.update(is_unsure=True)
    assert send_again(mail_ids=ids, by=None, now=NOW) == 1
    assert OutboundMail.objects.get().state == MailState.UNSURE
