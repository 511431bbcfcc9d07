"""Mail on its way out: composed once, kept as a row, sent as the same bytes however often it takes.

A row goes queued → sending (under a lease by the database's clock) → sent, failed or unsure. No
transaction is open while the mail server is spoken to; each outcome is committed alone.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.encoding import punycode

from core.models import MailState, OutboundMail
from core.queues import nudge
from core.smtp import Outcome, Report, Transport

logger = structlog.get_logger(__name__)

SUBJECT_LIMIT = 900
NAME_LIMIT = 75
MAX_ATTEMPTS = 5
# Longer than a worker's task may run, so a lease never ends under a worker that is still sending.
LEASE_SECONDS = 600
BATCH = 20
RETRY_MINUTES = (1, 5, 15, 60)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NOT_IN_NAMES = re.compile(r"[@:,;<>\"\\()\[\]]+")


def single_line(text: str, limit: int = SUBJECT_LIMIT) -> str:
    """`text` as one header line: no line breaks or control characters, at most `limit` long."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:limit].rstrip()


def sender_name(text: str) -> str:
    """`text` as a display name that can't pass for an address, at most 75 characters."""
    return " ".join(_NOT_IN_NAMES.sub(" ", single_line(text)).split())[:NAME_LIMIT].rstrip()


def compose(
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: dt.datetime,
    message_id: str,
    reply_to: str | None = None,
    from_name: str | None = None,
) -> bytes:
    """The bytes of a mail to one person, with a plain and an HTML part.

    Raises:
        ValidationError: an address is none.
    """
    for address in (to, reply_to):
        if address is not None:
            validate_recipient(address)
    own_name, own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(own_address, sender_name(from_name or own_name))
    message["To"] = _address(to)
    if reply_to:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = single_line(subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_body(text), cte="quoted-printable")
    message.add_alternative(_body(html), subtype="html", cte="quoted-printable")
    return message.as_bytes()


def queue_mail(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: dt.datetime,
    reply_to: str | None = None,
) -> OutboundMail:
    """Keep a mail to be sent, in the transaction of the fact that it tells of.

    It is due at once by the database's clock; `now` is only the date that the mail bears.

    Raises:
        ValidationError: an address is none.
    """
    from core.tasks import send_due_mail

    message_id = new_message_id()
    raw = compose(
        to=to,
        subject=subject,
        text=text,
        html=html,
        now=now,
        message_id=message_id,
        reply_to=reply_to,
    )
    mail = OutboundMail.objects.create(
        kind=kind,
        recipient=to,
        subject=single_line(subject),
        message_id=message_id,
        raw=raw,
        due_at=Now(),
        created_at=now,
    )
    nudge(send_due_mail)
    return mail


def new_message_id() -> str:
    """A Message-ID under the domain that mail is sent from; made once per mail."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{punycode(domain)}>"


def send_due(*, limit: int = BATCH) -> int:
    """Send what is due, oldest first; how many mails reached an end (sent, failed or unsure).

    Raises:
        RuntimeError: inside a transaction, which would stay open across SMTP.
    """
    mails = claim_due(limit=limit)
    ended = 0
    with Transport() as transport:
        for mail in mails:
            report = transport.deliver(
                sender=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
                recipient=mail.recipient,
                raw=bytes(mail.raw),
            )
            ended += record_outcome(mail=mail, report=report)
    return ended


CLAIM = """
UPDATE core_outboundmail SET state = 'sending', attempts = attempts + 1,
       leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM core_outboundmail
    WHERE (state = 'queued' AND due_at <= clock_timestamp())
       OR (state = 'sending' AND leased_until < clock_timestamp())
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


GIVE_UP = """
UPDATE core_outboundmail SET state = 'failed', leased_until = NULL,
       last_error = 'Given up: its sender was interrupted ' || attempts || ' times.'
WHERE state = 'sending' AND leased_until < clock_timestamp() AND attempts >= %s
"""


def claim_due(*, limit: int) -> list[OutboundMail]:
    """Take due mails, and those whose sender died, under a lease of ten minutes.

    A mail that saw five senders die is given up: it may be what kills them.

    Raises:
        RuntimeError: inside a transaction, where nobody else would see the lease.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(GIVE_UP, [MAX_ATTEMPTS])
        cursor.execute(CLAIM, [LEASE_SECONDS, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(OutboundMail.objects.filter(pk__in=ids).order_by("due_at", "pk"))


def record_outcome(*, mail: OutboundMail, report: Report) -> bool:
    """Keep how the attempt went, unless the lease has passed to another; whether it was the end."""
    mine = OutboundMail.objects.filter(pk=mail.pk, state=MailState.SENDING, attempts=mail.attempts)
    state, changes = _next_state(mail, report)
    changed = mine.update(state=state, leased_until=None, last_error=report.text[:2000], **changes)
    logger.info(
        "mail_attempted",
        mail_id=mail.pk,
        kind=mail.kind,
        attempt=mail.attempts,
        outcome=report.outcome.value,
        state=state,
    )
    return bool(changed) and state != MailState.QUEUED


def _next_state(mail: OutboundMail, report: Report) -> tuple[MailState, dict[str, object]]:
    match report.outcome:
        case Outcome.ACCEPTED:
            return MailState.SENT, {"sent_at": Now()}
        case Outcome.UNSURE:
            return MailState.UNSURE, {}
        case Outcome.REFUSED:
            return MailState.FAILED, {}
        case Outcome.UNREACHABLE:
            # Not this mail's fault: it keeps its attempts for a server that listens.
            return MailState.QUEUED, {"due_at": _after(0), "attempts": F("attempts") - 1}
    if mail.attempts >= MAX_ATTEMPTS:
        return MailState.FAILED, {}
    return MailState.QUEUED, {"due_at": _after(mail.attempts - 1)}


def _after(step: int) -> object:
    return Now() + dt.timedelta(minutes=RETRY_MINUTES[step])


def validate_recipient(address: str) -> None:
    """Stricter than `validate_email`, which lets domains and quoted characters pass that no header
    can carry.

    Raises:
        ValidationError: no mail can be sent there.
    """
    validate_email(address)
    try:
        _address(address)
    except (ValueError, IndexError, MessageError):
        raise ValidationError("Enter an address that mail can be sent to.", "invalid") from None


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, addr_spec=f"{local}@{punycode(domain)}")


def _body(text: str) -> str:
    """Mail bodies may hold anything a person typed, except what no encoding can carry."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return clean.rstrip() + "\n"
