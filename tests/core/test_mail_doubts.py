"""Doubts: whether a mail arrived whose sender died, asked before it is sent again."""

from __future__ import annotations

import pytest
from django.core import mail as django_mail

from core.mail import (
    claim_due,
    rewrite_mail,
    send_due,
)
from core.mail.outcomes import BUSY_MINUTES, LATER_MINUTES
from core.models import MailState, OutboundMail
from core.smtp import Outcome, Report
from tests.core.outbox import NOW, answer, database_now, only
from tests.faults.mails import later, post


class Evidence:
    """A probe that answers as it is told."""

    wait = 0.0

    def __init__(self, *answers: bool | None) -> None:
        self.answers, self.asked = list(answers), []

    def arrived(self, message_id: str) -> bool | None:
        self.asked.append(message_id)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@pytest.fixture
def probe(monkeypatch):
    def use(*answers: bool | None) -> Evidence:
        evidence = Evidence(*answers)
        for module in ("senders", "outcomes", "probes"):
            monkeypatch.setattr(f"core.mail.{module}.configured_probe", lambda: evidence)
        return evidence

    return use


@pytest.mark.django_db
def test_what_arrived_is_not_sent_again(probe):
    evidence = probe(True)
    post(1)
    claim_due(limit=1)
    later()
    assert send_due() == 1
    assert (only().state, only().is_unsure, django_mail.outbox) == (MailState.SENT, False, [])
    assert evidence.asked == [only().message_id]


@pytest.mark.django_db
def test_what_did_not_arrive_is_sent_and_without_doubt(probe):
    probe(False)
    post(1)
    claim_due(limit=1)
    later()
    assert (send_due(), len(django_mail.outbox)) == (1, 1)
    assert (only().state, only().is_unsure) == (MailState.SENT, False)


@pytest.mark.django_db
def test_nobody_is_asked_about_a_mail_without_doubt(probe):
    evidence = probe(True)
    post(2)
    assert (send_due(), len(django_mail.outbox), evidence.asked) == (2, 2, [])


@pytest.mark.django_db
def test_without_a_probe_it_is_sent_again_and_says_perhaps_twice():
    post(1)
    claim_due(limit=1)
    later()
    assert (send_due(), len(django_mail.outbox)) == (1, 1)
    assert (only().state, only().is_unsure, only().interruptions) == (MailState.SENT, True, 1)


@pytest.mark.django_db
def test_while_the_probe_is_silent_nothing_is_sent_but_not_for_ever(probe):
    probe(None)
    post(1)
    claim_due(limit=1)
    rounds = 0
    while not django_mail.outbox:
        later(24)
        assert rounds <= len(BUSY_MINUTES) + 1
        send_due()
        rounds += 1
    assert rounds == len(BUSY_MINUTES) + 1
    assert (only().state, only().is_unsure) == (MailState.SENT, True)


@pytest.mark.django_db
def test_a_doubt_outlives_a_server_that_is_away(monkeypatch, probe):
    probe(None, True)
    post(1)
    claim_due(limit=1)
    later()
    send_due()
    assert (only().state, only().is_unsure) == (MailState.UNSURE, True)
    assert not rewrite_mail(mail_id=only().pk, subject="S", text="T", html="H", now=NOW)
    later()
    send_due()
    assert (only().state, django_mail.outbox) == (MailState.SENT, [])


@pytest.mark.django_db
def test_a_server_with_too_much_to_do_is_asked_again_soon_and_for_a_day(monkeypatch):
    answer(monkeypatch, Report(Outcome.BUSY, "452 later"))
    post(1)
    for tried, minutes in enumerate(BUSY_MINUTES, start=1):
        send_due()
        wait = OutboundMail.objects.get().due_at - database_now()
        assert minutes * 60 - 2 <= wait.total_seconds() <= minutes * 60 * 1.25 + 1
        assert only().attempts == tried
        later(24)
    send_due()
    assert only().state == MailState.FAILED
    for minutes in (BUSY_MINUTES, LATER_MINUTES):
        assert 22 * 60 <= sum(minutes) <= 25 * 60
