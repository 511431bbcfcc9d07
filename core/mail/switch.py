"""Whether mail goes out at all: stopped and started by people, and by Homegrown itself when the
database looks like an older copy.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import Min

from core.locks import retry_on_deadlock
from core.mail import marks
from core.mail.addresses import single_line
from core.mail.marks import Mark
from core.mail.queueing import ring, withdraw
from core.models import MailPace, MailState, MailSwitch, OutboundMail

logger = structlog.get_logger(__name__)

WHY_LIMIT = 300
OPEN = (MailState.QUEUED, MailState.UNSURE, MailState.SENDING)
NOT_AGAIN = "Not sent again: it was due before this database was put back."


@dataclass(frozen=True, slots=True)
class SendingState:
    """How sending stands. `changed_by` is the key of an account, None: Homegrown or a command.

    `is_guarded`: Homegrown stopped by itself and waits for an operator's choice. `away_since`: the
    mail server has not been reached since then, `away_why` says how it failed.
    """

    is_paused: bool
    is_guarded: bool
    why: str
    changed_by: int | None
    changed_at: dt.datetime | None
    waiting: int
    oldest_due: dt.datetime | None
    unsure: int
    away_since: dt.datetime | None
    away_why: str


def sending_state() -> SendingState:
    """How sending stands now, in four statements."""
    switch = MailSwitch.objects.filter(pk=1).first() or MailSwitch(pk=1)
    pace = MailPace.objects.filter(pk=1).first()
    open_mail = OutboundMail.objects.filter(state__in=OPEN)
    return SendingState(
        is_paused=switch.is_paused,
        is_guarded=switch.is_guarded,
        why=switch.why,
        changed_by=switch.changed_by,
        changed_at=switch.changed_at,
        waiting=open_mail.count(),
        oldest_due=open_mail.aggregate(first=Min("due_at"))["first"],
        unsure=OutboundMail.objects.filter(state=MailState.UNSURE).count(),
        away_since=pace.away_since if pace else None,
        away_why=pace.away_why if pace else "",
    )


@transaction.atomic
def pause_sending(*, by: int | None, why: str, now: dt.datetime) -> None:
    """Send nothing more: what is in hand ends, nothing is claimed after this commit.

    Raises:
        ValueError: without a reason.
    """
    if not (reason := single_line(why, WHY_LIMIT)):
        raise ValueError("Say why sending is paused.")
    was_guarded = MailSwitch.objects.filter(pk=1, is_paused=True, is_guarded=True).exists()
    _stop(why=reason, by=by, now=now, is_guarded=was_guarded)


@retry_on_deadlock
@transaction.atomic
def resume_sending(
    *, by: int | None, now: dt.datetime, drop_due_before: dt.datetime | None = None
) -> int:
    """Send what waits; how many mails are not sent again, because they were due before that.

    Mails that are only queued later, but were due before it too, are not sent either. One that is
    being sent at this moment may still go.
    """
    pace = _lock_pace()
    switch, _ = MailSwitch.objects.select_for_update().get_or_create(pk=1)
    outside = marks.read()
    if switch.is_guarded or marks.problem(outside, Mark(pace.epoch, pace.mark)):
        _begin_epoch(pace, outside)
    switch.is_paused = switch.is_guarded = False
    switch.why, switch.changed_by, switch.changed_at = "", by, now
    switch.not_before = drop_due_before or switch.not_before
    switch.save()
    ring()
    logger.warning("mail_resumed", by=by)
    return drop_old() if drop_due_before else 0


def drop_old() -> int:
    """Take back what was due before the instant that an operator named; how many."""
    switch = MailSwitch.objects.filter(pk=1, not_before__isnull=False).first()
    if switch is None:
        return 0
    old = OutboundMail.objects.filter(state__in=OPEN, due_at__lt=switch.not_before)
    # Whatever bears a reason already is in somebody's hand for the last time.
    ids = list(old.filter(withdrawn_why="").values_list("pk", flat=True))
    return withdraw(ids, NOT_AGAIN) if ids else 0


def may_send(now: dt.datetime) -> bool:
    """Whether anything may be claimed; where the marks disagree, Homegrown pauses first.

    Raises:
        OSError: the file with the mark can't be read or written.
    """
    if guard(now) or MailSwitch.objects.filter(pk=1, is_paused=True).exists():
        return False
    if marks.read() is None:
        pace = _first_pace()
        marks.raise_to(Mark(pace.epoch, pace.mark))
    return True


def guard(now: dt.datetime) -> str:
    """Pause where this database looks like a copy; why, or "". Writes nothing where all is well.

    Raises:
        OSError: the file with the mark can't be read.
    """
    # First the file: it follows the database, so it is never ahead of what is read after it.
    outside = marks.read()
    pace = MailPace.objects.filter(pk=1).first() or MailPace(pk=1, epoch=uuid.uuid4())
    problem = marks.problem(outside, Mark(pace.epoch, pace.mark))
    if problem and not MailSwitch.objects.filter(pk=1, is_paused=True).exists():
        with transaction.atomic():
            _stop(why=problem, by=None, now=now, is_guarded=True)
    return problem


def _stop(*, why: str, by: int | None, now: dt.datetime, is_guarded: bool) -> None:
    _lock_pace()
    MailSwitch.objects.update_or_create(
        pk=1,
        defaults={
            "is_paused": True,
            "is_guarded": is_guarded,
            "why": why,
            "changed_by": by,
            "changed_at": now,
        },
    )
    logger.warning("mail_paused", by=by, is_guarded=is_guarded)


def _lock_pace() -> MailPace:
    """Every claim holds this row until it is committed: whoever has it sees all of them."""
    _first_pace()
    return MailPace.objects.select_for_update().get(pk=1)


def _first_pace() -> MailPace:
    """The row of a database that never sent a mail."""
    pace = MailPace.objects.filter(pk=1).first()
    if pace is None:
        MailPace.objects.bulk_create([MailPace(pk=1, epoch=uuid.uuid4())], ignore_conflicts=True)
        pace = MailPace.objects.get(pk=1)
    return pace


def _begin_epoch(pace: MailPace, outside: Mark | None) -> None:
    """From here on the file follows this database, and no other copy of it may send."""
    pace.epoch = uuid.uuid4()
    pace.mark = max(pace.mark, outside.number if outside else 0) + 1
    pace.save(update_fields=["epoch", "mark"])
    mark = Mark(pace.epoch, pace.mark)
    transaction.on_commit(lambda: marks.raise_to(mark, is_new=True))
