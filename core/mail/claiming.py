"""Who may send a mail, and for how long: rows under a lease by the database's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.mail import marks
from core.mail.marks import Mark
from core.mail.probes import settle_seconds
from core.mail.switch import drop_old
from core.models import OutboundMail

# A mail that saw ten senders die may be what kills them.
MAX_INTERRUPTIONS = 10
FIELDS = ("id", "kind", "recipient", "message_id", "raw", "state", "is_unsure", "attempts",
          "interruptions", "due_at", "leased_until")  # fmt: skip

PACE = """
INSERT INTO core_mailpace AS pace (id, mark, epoch, away_why)
VALUES (1, 1, gen_random_uuid(), '')
ON CONFLICT (id) DO UPDATE SET mark = pace.mark + 1
RETURNING epoch, mark, away_until > clock_timestamp(),
    extract(epoch FROM clock_timestamp() - coalesce(free_at, '-infinity'))
"""
SPEND = """
UPDATE core_mailpace SET free_at = greatest(free_at, clock_timestamp() - make_interval(secs => %s))
    + make_interval(secs => %s)
WHERE id = 1
"""
IS_DUE = """
    ((state IN ('queued', 'unsure') AND due_at <= clock_timestamp())
     OR (state = 'sending' AND leased_until < clock_timestamp() - make_interval(secs => %s)))
"""
# A run that goes on must not take what is queued after its tidying, but was due too long ago.
IS_WANTED = """
    withdrawn_why = '' AND interruptions < %s
    AND due_at >= coalesce((SELECT not_before FROM core_mailswitch), '-infinity')
"""
CLAIM = f"""
UPDATE core_outboundmail AS mail SET state = 'sending', attempts = mail.attempts + 1,
    interruptions = mail.interruptions + (mail.state = 'sending')::int,
    is_unsure = mail.is_unsure OR mail.state <> 'queued',
    leased_until = clock_timestamp() + make_interval(secs => %s)
FROM (
    SELECT id FROM core_outboundmail
    WHERE {IS_DUE} AND {IS_WANTED}
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
) AS due
WHERE mail.id = due.id
    AND NOT EXISTS (SELECT FROM core_mailswitch WHERE is_paused)
RETURNING {", ".join(f"mail.{name}" for name in FIELDS)}
"""  # noqa: S608 - only our own text
COUNT_DUE = f"""
SELECT count(*) FROM (
    SELECT FROM core_outboundmail WHERE {IS_DUE} AND {IS_WANTED} LIMIT %s
) AS due
"""  # noqa: S608 - only our own text
GIVE_UP = """
UPDATE core_outboundmail SET leased_until = NULL, is_unsure = true,
    state = CASE WHEN withdrawn_why = '' THEN 'failed' ELSE 'withdrawn' END,
    last_error = 'Given up: its sender was interrupted ' || interruptions + 1 || ' times.'
WHERE state = 'sending' AND leased_until < clock_timestamp()
    AND (interruptions >= %s OR withdrawn_why <> '')
"""
EXTEND = """
UPDATE core_outboundmail SET leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = ANY(%s) AND state = 'sending' AND leased_until > clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the pace of all senders allows, and how far this claim counts."""

    mark: Mark
    mails: int


def claim_due(*, limit: int) -> list[OutboundMail]:
    """Take due mails, and those whose sender died, under a lease; the oldest first.

    The mark outside the database is raised before anybody can send them.

    Raises:
        RuntimeError: inside a transaction, where nobody else would see the lease.
        OSError: the mark can't be written.
    """
    with transaction.atomic(durable=True):
        allowance, mails = claim(limit)
    marks.raise_to(allowance.mark)
    return mails


def claim(limit: int) -> tuple[Allowance, list[OutboundMail]]:
    """The same inside a transaction of the caller, who raises the mark after its commit."""
    with connection.cursor() as cursor:
        allowance = _allowance(cursor, limit)
        mails: list[OutboundMail] = []
        if allowance.mails > 0:
            lease, settle = settings.MAIL_LEASE_SECONDS, settle_seconds()
            cursor.execute(CLAIM, [lease, settle, MAX_INTERRUPTIONS, allowance.mails])
            mails = [OutboundMail.from_db("default", FIELDS, row) for row in cursor.fetchall()]
        if mails and settings.MAIL_RATE:
            cursor.execute(SPEND, [_depth_seconds(), len(mails) * _mail_seconds()])
    mails.sort(key=lambda mail: (mail.due_at, mail.pk))
    return allowance, mails


def count_due(*, most: int) -> int:
    """How many mails could be claimed now, counted up to `most`."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DUE, [settle_seconds(), MAX_INTERRUPTIONS, most])
        (number,) = cursor.fetchone()
    return int(number)


def tidy() -> None:
    """End what nobody may begin again: killers of senders, what was taken back meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP, [MAX_INTERRUPTIONS])
    drop_old()


def extend(mail_ids: list[int]) -> None:
    """Keep mails in hand for another lease, unless it has ended already."""
    with connection.cursor() as cursor:
        cursor.execute(EXTEND, [settings.MAIL_LEASE_SECONDS, mail_ids])


def _allowance(cursor: Any, limit: int) -> Allowance:
    cursor.execute(PACE)
    epoch, mark, is_away, idle = cursor.fetchone()
    mails = 0 if is_away else limit
    if settings.MAIL_RATE and mails:
        saved = min(_depth_seconds(), float(idle))
        mails = min(mails, max(0, math.floor(saved / _mail_seconds() + 1e-6)))
    return Allowance(Mark(epoch, mark), mails)


# The rate is a bucket: a quarter of a minute's mails may go at once, and it fills with the other
# three quarters, so that no minute ever has more than MAIL_RATE.
def _depth() -> int:
    return max(1, int(settings.MAIL_RATE) // 4)


def _mail_seconds() -> float:
    return 60 / max(1, int(settings.MAIL_RATE) - _depth())


def _depth_seconds() -> float:
    return _depth() * _mail_seconds()
