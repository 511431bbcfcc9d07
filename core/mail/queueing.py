"""Mails become rows in the transaction of the fact that they tell of, and may be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models.functions import Now

from core.mail.addresses import new_message_id, single_line
from core.mail.composing import MailFile, compose
from core.models import MailState, OutboundMail
from core.queues import nudge

CHUNK = 500
WHY_LIMIT = 300


@dataclass(frozen=True, slots=True)
class NewMail:
    """Finished bytes for one recipient. `message_id` is the one that stands in `raw`.

    `due_at` None: at once by the database's clock.
    """

    kind: str
    to: str
    subject: str
    message_id: str
    raw: bytes = field(repr=False)
    created_at: dt.datetime
    due_at: dt.datetime | None = None


def queue_mail(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: dt.datetime,
    reply_to: str | None = None,
    attachments: Sequence[MailFile] = (),
    due_at: dt.datetime | None = None,
) -> OutboundMail:
    """Keep a mail to be sent, in the transaction of the fact that it tells of.

    It is due at once by the database's clock, or at `due_at`; `now` is only the date that the mail
    bears.

    Raises:
        ValidationError: an address is none.
    """
    message_id = new_message_id()
    raw = compose(
        to=to,
        subject=subject,
        text=text,
        html=html,
        now=now,
        message_id=message_id,
        reply_to=reply_to,
        attachments=attachments,
    )
    mail = NewMail(kind, to, subject, message_id, raw, now, due_at)
    return _keep([mail])[0]


def queue_many(mails: Sequence[NewMail]) -> list[int]:
    """Keep finished mails to be sent, in the caller's transaction; their ids in the same order.

    The addresses were checked when the bytes were composed. The bell rings once.
    """
    if not mails:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [len(mails)])
        numbered = cursor.fetchall()
        with cursor.copy(COPY) as rows:
            rows.set_types(COPY_TYPES)
            for mail, (number, now) in zip(mails, numbered, strict=True):
                rows.write_row(_row(mail, number, now))
    _ring_for(mails)
    return [number for number, _ in numbered]


# Bytes as they are: as a literal of SQL each takes four characters, read by the parser.
NUMBERS = """
SELECT nextval(pg_get_serial_sequence('core_outboundmail', 'id')), clock_timestamp()
FROM generate_series(1, %s)
"""
COPY = """
COPY core_outboundmail (id, kind, recipient, subject, message_id, raw, state, attempts,
    last_error, due_at, created_at)
FROM STDIN (FORMAT BINARY)
"""
COPY_TYPES = ("int8", "text", "text", "text", "text", "bytea", "text", "int2",
              "text", "timestamptz", "timestamptz")  # fmt: skip


def _row(mail: NewMail, number: int, now: dt.datetime) -> tuple[object, ...]:
    subject = single_line(mail.subject)
    due_at = mail.due_at or now
    return (number, mail.kind, mail.to, subject, mail.message_id, mail.raw, "queued", 0,
            "", due_at, mail.created_at)  # fmt: skip


def rewrite_mail(
    *, mail_id: int, subject: str, text: str, html: str, now: dt.datetime,
    reply_to: str | None = None,
) -> bool:  # fmt: skip
    """Put other words into a mail that nobody has begun to send; whether it was still waiting.

    Its Message-ID, recipient and due time stay. After the first attempt bytes never change, nor
    where an operator lets a mail begin anew: that one bears the words of its last answer.
    """
    waiting = OutboundMail.objects.filter(pk=mail_id, state=MailState.QUEUED, attempts=0)
    mail = waiting.filter(last_error="").select_for_update().first()
    if mail is None:
        return False
    mail.subject = single_line(subject)
    mail.raw = compose(
        to=mail.recipient,
        subject=subject,
        text=text,
        html=html,
        now=now,
        message_id=mail.message_id,
        reply_to=reply_to,
    )
    mail.save(update_fields=["subject", "raw"])
    return True


WITHDRAW = """
UPDATE core_outboundmail SET withdrawn_why = %(why)s,
    state = CASE WHEN {open} THEN 'withdrawn' ELSE state END,
    is_unsure = is_unsure OR (state = 'sending' AND {open}),
    leased_until = CASE WHEN {open} THEN NULL ELSE leased_until END
WHERE id = ANY(%(ids)s) AND state IN ('queued', 'unsure', 'sending')
RETURNING state = 'withdrawn'
""".format(open="(state IN ('queued', 'unsure') OR leased_until < clock_timestamp())")


def withdraw(mail_ids: Collection[int], why: str) -> int:
    """Take back mails that nobody has in hand; how many. `why` is told to operators.

    One that is being sent at this moment may still go: its attempt ends as it ends, but nobody
    begins another. What nobody has claimed before this commit, nobody claims after it.

    Raises:
        ValueError: without a reason.
    """
    if not (reason := single_line(why, WHY_LIMIT)):
        raise ValueError("Say why the mail is taken back.")
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, {"why": reason, "ids": sorted(mail_ids)})
        return sum(is_back for (is_back,) in cursor.fetchall())


def ring() -> None:
    """Have somebody look for due mail once this transaction is committed."""
    from core.tasks import send_due_mail

    nudge(send_due_mail)


def _keep(mails: Sequence[NewMail]) -> list[OutboundMail]:
    rows = OutboundMail.objects.bulk_create(
        [
            OutboundMail(
                kind=mail.kind,
                recipient=mail.to,
                subject=single_line(mail.subject),
                message_id=mail.message_id,
                raw=mail.raw,
                due_at=mail.due_at or Now(),
                created_at=mail.created_at,
            )
            for mail in mails
        ],
        batch_size=CHUNK,
    )
    _ring_for(mails)
    return rows


def _ring_for(mails: Sequence[NewMail]) -> None:
    if any(mail.due_at is None or mail.due_at <= mail.created_at for mail in mails):
        ring()
