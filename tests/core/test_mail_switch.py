"""F18: sending stops for people, and by itself where a database looks like an older copy."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.mail import (
    claim_due,
    marks,
    pause_sending,
    queue_mail,
    resume_sending,
    send_due,
    sending_state,
    switch,
)
from core.mail.claiming import count_due, tidy
from core.mail.marks import ELSEWHERE, GONE, OLDER, Mark
from core.mail.outcomes import record_outcome
from core.models import MailPace, MailState, MailSwitch, OutboundMail
from core.smtp import Outcome, Report
from tests.faults.mails import post

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def mark(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_MARK_FILE = tmp_path / "state" / "mail-mark"
    return settings.MAIL_MARK_FILE


def sent() -> int:
    return len(django_mail.outbox)


def saved() -> dict[str, Any]:
    """What a copy of the database would hold of sending."""
    return {
        "pace": MailPace.objects.filter(pk=1).values().first(),
        "mails": list(OutboundMail.objects.values()),
    }


def put_back(copy: dict[str, Any]) -> None:
    OutboundMail.objects.all().delete()
    MailPace.objects.all().delete()
    MailSwitch.objects.all().delete()
    if copy["pace"]:
        MailPace.objects.create(**copy["pace"])
    OutboundMail.objects.bulk_create([OutboundMail(**row) for row in copy["mails"]])


@pytest.mark.django_db
def test_what_waits_stays_until_sending_goes_on(django_user_model):
    post(3)
    pause_sending(by=7, why="The relay moves\nhouse", now=NOW)
    assert (send_due(), claim_due(limit=5), sent()) == (0, [], 0)
    state = sending_state()
    assert (state.is_paused, state.why, state.changed_by) == (True, "The relay moves house", 7)
    assert (state.changed_at, state.waiting, state.is_guarded) == (NOW, 3, False)
    assert resume_sending(by=8, now=NOW) == 0
    assert (send_due(), sent()) == (3, 3)
    assert sending_state().waiting == 0


@pytest.mark.django_db
def test_who_paused_and_why_is_kept(django_user_model):
    pause_sending(by=None, why="One", now=NOW)
    resume_sending(by=None, now=NOW)
    told = MailSwitch.objects.get().events.order_by("pgh_id").values_list("is_paused", "why")
    assert list(told) == [(True, "One"), (False, "")]


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_pause_needs_a_reason(why):
    with pytest.raises(ValueError, match="Say why"):
        pause_sending(by=1, why=why, now=NOW)
    with pytest.raises(CommandError):
        call_command("mail_pause", "--why", why)


@pytest.mark.django_db
def test_the_mark_follows_every_claim(mark):
    post(2)
    assert send_due() == 2
    pace = MailPace.objects.get()
    assert marks.read() == Mark(pace.epoch, pace.mark)
    assert mark.stat().st_mode & 0o777 == 0o600
    post(1)
    assert send_due() == 1
    assert marks.read().number == MailPace.objects.get().mark > pace.mark


@pytest.mark.django_db
def test_an_older_copy_sends_nothing_again(mark):
    post(2)
    send_due()
    post(3)
    monday_eight = saved()
    assert send_due() == 3
    put_back(monday_eight)
    assert (send_due(), sent()) == (0, 5)
    state = sending_state()
    assert (state.is_paused, state.is_guarded, state.why, state.changed_by) == (
        True,
        True,
        OLDER,
        None,
    )
    assert send_due() == 0


@pytest.mark.django_db
def test_control_without_the_mark_the_older_copy_sends_all_of_it_again():
    post(2)
    send_due()
    post(3)
    copy = saved()
    send_due()
    put_back(copy)
    assert (send_due(), sent()) == (3, 8)


@pytest.mark.django_db
def test_a_copy_made_after_the_last_mail_goes_on(mark):
    post(2)
    send_due()
    copy = saved()
    put_back(copy)
    post(1)
    assert (send_due(), sent()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_a_copy_elsewhere_sends_nothing(mark):
    post(1)
    send_due()
    post(1)
    mark.unlink()
    assert (send_due(), sending_state().why) == (0, GONE)
    resume_sending(by=None, now=NOW)
    assert send_due() == 1
    marks.raise_to(Mark(uuid.uuid4(), 1), is_new=True)
    post(1)
    assert (send_due(), sending_state().why) == (0, ELSEWHERE)


@pytest.mark.django_db
def test_a_copy_from_before_the_first_mail_sends_nothing(mark):
    empty = saved()
    post(1)
    send_due()
    put_back(empty)
    post(1)
    assert (send_due(), sending_state().is_guarded) == (0, True)


@pytest.mark.django_db(transaction=True)
def test_resuming_makes_this_the_one_that_sends(mark):
    post(1)
    send_due()
    copy = saved()
    post(1)
    send_due()
    put_back(copy)
    assert send_due() == 0
    before = marks.read()
    resume_sending(by=None, now=NOW)
    after = marks.read()
    assert after.epoch != before.epoch
    assert after.number > before.number
    post(1)
    assert send_due() == 1
    # The one that was put away would be stopped now.
    put_back(copy)
    post(1)
    assert (send_due(), sending_state().why) == (0, ELSEWHERE)


@pytest.mark.django_db(transaction=True)
def test_what_was_due_before_is_not_sent_again_even_if_it_is_queued_later(mark):
    now = timezone.now()
    post(1)
    send_due()
    post(2, due_at=now - dt.timedelta(hours=1))
    copy = saved()
    send_due()
    put_back(copy)
    send_due()
    assert resume_sending(by=None, now=now, drop_due_before=now) == 2
    dropped = OutboundMail.objects.filter(state=MailState.WITHDRAWN)
    assert all("Not sent again" in mail.withdrawn_why for mail in dropped)
    before = sent()
    post(2, due_at=now - dt.timedelta(hours=1))
    post(1)
    assert (send_due(), sent()) == (1, before + 1)
    assert dropped.all().count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.ACCEPTED, MailState.SENT), (Outcome.LATER, MailState.WITHDRAWN)],
)
def test_what_is_in_hand_when_old_mail_is_dropped_ends_as_it_ends(mark, outcome, state):
    (number,) = post(1)
    (mail,) = claim_due(limit=1)
    later = timezone.now() + dt.timedelta(minutes=1)
    assert resume_sending(by=None, now=NOW, drop_due_before=later) == 0
    tidy()
    assert OutboundMail.objects.get(pk=number).state == MailState.SENDING
    assert record_outcome(mail=mail, report=Report(outcome, "the answer"))
    row = OutboundMail.objects.get(pk=number)
    assert (row.state, row.last_error) == (state, "the answer")


@pytest.mark.django_db
def test_a_run_that_goes_on_does_not_claim_what_was_due_too_long_ago(mark):
    now = timezone.now()
    resume_sending(by=None, now=now, drop_due_before=now)
    tidy()
    post(2, due_at=now - dt.timedelta(hours=1))
    (new,) = post(1, due_at=now)
    assert count_due(most=5) == 1
    assert [mail.pk for mail in claim_due(limit=5)] == [new]


@pytest.mark.django_db(transaction=True)
def test_resuming_is_tried_again_where_it_met_a_sender_half_way(mark, monkeypatch):
    post(1)
    pause_sending(by=None, why="Test", now=NOW)
    tries = []

    def drop_old() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("deadlock detected") from Deadlock()
        return 1

    monkeypatch.setattr(switch, "drop_old", drop_old)
    assert resume_sending(by=None, now=NOW, drop_due_before=NOW) == 1
    assert len(tries) == 2
    assert not sending_state().is_paused


class Deadlock(Exception):
    """As PostgreSQL tells it of the transaction that it ends."""

    sqlstate = "40P01"


@pytest.mark.django_db
def test_the_commands_say_and_do_it(mark, capsys):
    post(1)
    call_command("mail_status")
    assert "Mail goes out." in capsys.readouterr().out
    call_command("mail_status", "--after-restore")
    assert capsys.readouterr().out == ""
    call_command("mail_pause", "--why", "Quiet, please")
    call_command("mail_status", "--after-restore")
    out = capsys.readouterr().out
    assert "Quiet, please" in out
    assert "1 waiting" in out
    later = (timezone.now() + dt.timedelta(hours=1)).isoformat()
    call_command("mail_resume", "--drop-due-before", later)
    assert "1 not sent again" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("mail_resume", "--drop-due-before", "2026-11-23 10:00")


@pytest.mark.django_db
@pytest.mark.parametrize("garbage", [b"", b"\x00\xff\n", b"not a mark at all", b"x" * 100])
def test_a_mark_that_can_not_be_read_counts_as_gone(mark, garbage):
    post(1)
    send_due()
    mark.write_bytes(garbage)
    post(1)
    assert (send_due(), sending_state().why) == (0, GONE)


def test_many_writers_never_lower_the_mark(mark):
    epoch = uuid.uuid4()
    marks.raise_to(Mark(epoch, 0), is_new=True)

    def write(numbers: range) -> None:
        for number in numbers:
            marks.raise_to(Mark(epoch, number))
            assert marks.read().number >= number

    threads = [threading.Thread(target=write, args=(range(n, 400, 4),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks.read() == Mark(epoch, 399)
    marks.raise_to(Mark(uuid.uuid4(), 500))
    assert marks.read() == Mark(epoch, 399)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_claimed_after_a_pause_is_committed():
    """Real connections: senders that claim as fast as they can, pauses at any moment."""
    post(120)
    violations, stop, paused = [], threading.Event(), []

    def claim() -> None:
        while not stop.is_set():
            before = list(paused)
            mails = claim_due(limit=2)
            if before and mails and before == paused:
                violations.append([mail.pk for mail in mails])
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(12):
        pause_sending(by=None, why="Test", now=NOW)
        paused.append(number)
        claimed = OutboundMail.objects.filter(state=MailState.SENDING).count()
        for _ in range(5):
            assert OutboundMail.objects.filter(state=MailState.SENDING).count() == claimed
        paused.clear()
        with transaction.atomic():
            MailSwitch.objects.update(is_paused=False)
    stop.set()
    for thread in threads:
        thread.join()
    assert violations == []


@pytest.mark.django_db
def test_a_mail_that_is_queued_while_paused_rings_and_waits(
    eager_tasks, django_capture_on_commit_callbacks
):
    pause_sending(by=None, why="Test", now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        queue_mail(kind="test", to="bo@example.org", subject="S", text="T", html="H", now=NOW)
    assert sent() == 0
    with django_capture_on_commit_callbacks(execute=True):
        resume_sending(by=None, now=NOW)
    assert sent() == 1
