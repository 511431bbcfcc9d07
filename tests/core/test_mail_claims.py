"""Many mails at once, taken back, leased and sent in lanes, whatever becomes of their sender."""

from __future__ import annotations

import datetime as dt
import random
import threading
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction

from core.mail import (
    claim_due,
    compose,
    queue_many,
    record_outcome,
    send_due,
    withdraw,
)
from core.mail.claiming import extend
from core.mail.composing import _FURTHER
from core.mail.lanes import take_lanes
from core.mail.sending import Run
from core.models import MailLane, MailState, OutboundMail
from core.smtp import Outcome, Report
from tests.core.outbox import NOW, answer, database_now, only
from tests.faults.mails import later, post


@pytest.mark.django_db
def test_many_are_kept_in_order_by_few_statements(django_assert_num_queries):
    with django_assert_num_queries(2):
        ids = post(200)
    rows = OutboundMail.objects.in_bulk(ids)
    assert [rows[pk].recipient for pk in ids] == [f"p{n}@example.org" for n in range(200)]
    assert all(rows[pk].message_id.encode() in bytes(rows[pk].raw) for pk in ids)
    assert queue_many([]) == []


@pytest.mark.django_db
def test_the_bell_rings_once(monkeypatch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        post(50)
    assert len(callbacks) == 1
    with django_capture_on_commit_callbacks() as callbacks:
        post(1, due_at=NOW + dt.timedelta(hours=1))
    assert callbacks == []


@pytest.mark.parametrize("name", ["Bcc", "To", "List-Id\nBcc", "List-Id: x\r\nBcc", "Subject", ""])
def test_only_headers_of_lists_can_be_added(name):
    assert not _FURTHER.fullmatch(name)
    with pytest.raises(ValueError, match="no header"):
        compose(
            to="bo@example.org", subject="S", text="T", html="H", now=NOW,
            message_id="<1@example.org>", headers={name: "x"},
        )  # fmt: skip


def test_headers_of_lists_are_one_line_each():
    raw = compose(
        to="bo@example.org", subject="S", text="T", html="H", now=NOW,
        message_id="<1@example.org>",
        headers={
            "List-Unsubscribe": f"<https://homegrown.example/digest/unsubscribe/{'x' * 200}/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click\r\nBcc: eve@example.org",
        },
    )  # fmt: skip
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head


# --- taking back ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_waits_is_taken_back_and_never_sent():
    ids = post(3)
    assert withdraw(ids[:2], "They unsubscribed\nindeed") == 2
    assert withdraw(ids[:2], "Again") == 0
    assert (send_due(), len(django_mail.outbox)) == (1, 1)
    states = OutboundMail.objects.order_by("pk").values_list("state", "withdrawn_why")
    why = "They unsubscribed indeed"
    assert list(states) == [("withdrawn", why), ("withdrawn", why), ("sent", "")]
    with pytest.raises(ValueError, match="Say why"):
        withdraw(ids, " ")


@pytest.mark.django_db
def test_what_is_being_sent_ends_but_is_not_begun_again():
    (pk,) = post(1)
    (mail,) = claim_due(limit=1)
    assert withdraw([pk], "Unsubscribed") == 0
    assert only().state == MailState.SENDING
    record_outcome(mail=mail, report=Report(Outcome.LATER, "451"))
    assert (only().state, only().withdrawn_why) == (MailState.WITHDRAWN, "Unsubscribed")
    later()
    assert send_due() == 0


@pytest.mark.django_db
def test_what_was_sent_meanwhile_stays_sent():
    (pk,) = post(1)
    (mail,) = claim_due(limit=1)
    withdraw([pk], "Unsubscribed")
    assert record_outcome(mail=mail, report=Report(Outcome.ACCEPTED))
    assert only().state == MailState.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_mail_whose_sender_died_is_taken_back_too(when):
    (pk,) = post(1)
    claim_due(limit=1)
    if when == "before":
        withdraw([pk], "Unsubscribed")
        later()
    else:
        later()
        assert withdraw([pk], "Unsubscribed") == 1
    send_due()
    assert (only().state, only().is_unsure, django_mail.outbox) == (MailState.WITHDRAWN, True, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_careless", [False, True])
def test_500_times_taken_back_and_claimed_at_once(is_careless, monkeypatch):
    """F30: what was taken back before it was claimed is never claimed. The control looks at the
    row and then writes it, as one would without the lock.
    """
    if is_careless:
        monkeypatch.setattr("core.mail.claiming.CLAIM", CARELESS)
    count = 150 if is_careless else 500
    ids = post(count)
    order = random.Random(30).sample(ids, count)
    claimed: dict[int, bool] = {}
    gate = threading.Barrier(3)

    def claim() -> None:
        gate.wait()
        empty = 0
        while empty < 3:
            mails = claim_due(limit=3)
            claimed.update((mail.pk, True) for mail in mails)
            empty = 0 if mails else empty + 1
        connection.close()

    taken: list[int] = []

    def take_back() -> None:
        gate.wait()
        taken.extend(pk for pk in order if withdraw([pk], "Unsubscribed"))
        connection.close()

    threads = [threading.Thread(target=work) for work in (claim, claim, take_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    both = set(taken) & set(claimed)
    assert taken
    assert claimed
    assert bool(both) is is_careless
    if not is_careless:
        assert set(taken) | set(claimed) == set(ids)


CARELESS = """
WITH due AS MATERIALIZED (
    SELECT id, pg_sleep(0.002) FROM core_outboundmail
    WHERE state = 'queued' AND due_at <= clock_timestamp() AND %s + %s + %s > 0
    ORDER BY due_at, id LIMIT %s
)
UPDATE core_outboundmail AS mail SET state = 'sending', attempts = mail.attempts + 1,
    leased_until = clock_timestamp() + interval '60 s'
FROM due WHERE mail.id = due.id
RETURNING mail.id, mail.kind, mail.recipient, mail.message_id, mail.raw, mail.state,
    mail.is_unsure, mail.attempts, mail.interruptions, mail.due_at, mail.leased_until
"""


# --- leases and lanes -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lease_that_ended_is_not_made_longer():
    ids = post(2)
    claim_due(limit=1)
    extend(ids)
    held = OutboundMail.objects.get(pk=ids[0]).leased_until
    later()
    extend(ids)
    assert OutboundMail.objects.get(pk=ids[0]).leased_until < held


@pytest.mark.django_db
def test_a_process_that_was_stopped_sends_nothing_once_its_lease_is_over(monkeypatch, settings):
    """F11: SIGSTOP for longer than the lease, and back."""
    asked = answer(monkeypatch, Report(Outcome.ACCEPTED))
    post(5)
    lanes = take_lanes(wanted=1)
    run = Run(lanes, 10, 60)
    run.lease.ends = 0.0
    mails = claim_due(limit=5)
    for mail in mails:
        run.in_hand[mail.pk] = mail
        run.desk.todo.put(mail)
    run.drain()
    assert asked == []
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.QUEUED, 0)}


@pytest.mark.django_db
def test_lanes_are_shared_by_all_and_come_back(settings):
    settings.MAIL_CONNECTIONS = 3
    first, second, third = take_lanes(wanted=2), take_lanes(wanted=2), take_lanes(wanted=2)
    assert [first.count, second.count, third.count] == [2, 1, 0]
    post(1)
    assert send_due() == 0
    first.release()
    assert send_due() == 1
    MailLane.objects.update(leased_until=database_now())
    assert take_lanes(wanted=9).count == 3


@pytest.mark.django_db
def test_a_server_that_is_away_is_left_alone_for_a_while(monkeypatch, settings):
    asked = answer(
        monkeypatch, Report(Outcome.UNREACHABLE, "ConnectionRefusedError"), Report(Outcome.ACCEPTED)
    )
    settings.MAIL_CONNECTIONS = 1
    post(5)
    send_due()
    send_due()
    assert len(asked) == 1
    from core.mail import sending_state

    assert "Refused" in sending_state().away_why
    assert sending_state().away_since is not None
    later()
    assert send_due() == 5
    assert (sending_state().away_since, sending_state().away_why) == (None, "")
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_three_ticks_at_once_have_one_effect():
    """F08, F10: three beats, or a message that came three times."""
    post(90)
    gate = threading.Barrier(3)

    def tick() -> None:
        gate.wait()
        send_due()
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    send_due()
    to = [address for mail in django_mail.outbox for address in mail.to]
    assert sorted(to) == sorted(f"p{number}@example.org" for number in range(90))
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_the_clock_of_the_application_decides_nothing(monkeypatch):
    """F24: two hours ahead or behind: nothing early, nothing twice."""
    from django.utils import timezone

    soon = database_now() + dt.timedelta(minutes=30)
    post(1, due_at=soon)
    for hours in (2, -2):
        shifted = timezone.now() + dt.timedelta(hours=hours)
        monkeypatch.setattr("django.utils.timezone.now", lambda shifted=shifted: shifted)
        assert (send_due(), claim_due(limit=1)) == (0, [])
    later(1)
    assert (send_due(), send_due()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_outcomes_outlive_a_database_that_is_away_for_a_moment(monkeypatch):
    from django.db import OperationalError

    from core.mail import sending

    post(3)
    broken = iter([True, True])
    record = sending.record_all

    def sometimes(outcomes: Any) -> int:
        if outcomes and next(broken, False):
            raise OperationalError("away")
        return record(outcomes)

    monkeypatch.setattr(sending, "record_all", sometimes)
    monkeypatch.setattr(sending, "WAIT_SECONDS", 0.01)
    send_due()
    send_due()
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}
    assert len(django_mail.outbox) == 3


@pytest.mark.django_db
def test_a_rate_lets_a_quarter_go_at_once_and_no_minute_has_more(settings):
    settings.MAIL_RATE = 60
    post(200)
    sent_at: list[float] = []
    clock = 0.0
    while len(sent_at) < 150:
        before = len(sent_at)
        mails = claim_due(limit=100)
        sent_at += [clock] * len(mails)
        assert clock or len(sent_at) == 15
        step = 5.0
        clock += step
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(f"UPDATE core_mailpace SET free_at = free_at - interval '{step} s'")
        assert len(sent_at) - before <= 15
    for start in sent_at:
        assert sum(start <= at < start + 60 for at in sent_at) <= 60
    assert clock <= 150 / 45 * 60 + 10
