"""What an answer does to a mail's row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import connection, transaction

from core.mail.addresses import single_line
from core.mail.probes import configured_probe, settle_seconds
from core.models import MailState, OutboundMail
from core.signals import mail_bounced
from core.smtp import Outcome, Report

logger = structlog.get_logger(__name__)

# Each about a day in all: greylisting servers and full boxes, and servers with too much to do.
LATER_MINUTES = (1, 5, 15, 60, 120, 240, 480, 480)
BUSY_MINUTES = (0.25, 0.5, 1, 2, 5, 15, 30, 60, 120, 240, 480, 480)
# Each of these may be a copy that arrives, where no probe can tell.
UNSURE_MINUTES = (5, 60)
JITTER = 0.25
ENDS = {
    Outcome.ACCEPTED: MailState.SENT,
    Outcome.BOUNCED: MailState.BOUNCED,
    Outcome.REFUSED: MailState.FAILED,
}
ERROR_LIMIT = 2000
WHY_LIMIT = 300

RECORD = """
UPDATE core_outboundmail AS mail SET
    state = CASE WHEN new.state IN ('queued', 'unsure') AND mail.withdrawn_why <> ''
        THEN 'withdrawn' ELSE new.state END,
    attempts = mail.attempts - new.back, leased_until = NULL, last_error = new.error,
    is_unsure = coalesce(new.is_unsure, mail.is_unsure),
    due_at = CASE WHEN new.delay IS NULL THEN mail.due_at
        ELSE clock_timestamp() + make_interval(secs => new.delay) END,
    sent_at = CASE WHEN new.state = 'sent' THEN clock_timestamp() ELSE mail.sent_at END
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::float8[], %s::bool[], %s::text[])
    AS new(id, attempt, state, back, delay, is_unsure, error)
WHERE mail.id = new.id AND mail.state = 'sending' AND mail.attempts = new.attempt
RETURNING mail.id, mail.state
"""


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a row: `delay` in seconds, None: due as before. `back`: attempts that don't
    count. `is_unsure` None: as before.
    """

    state: MailState
    delay: float | None = None
    back: int = 0
    is_unsure: bool | None = None


def record_outcome(*, mail: OutboundMail, report: Report) -> bool:
    """Keep how the attempt went, unless the lease has passed to another; whether it was the end."""
    with transaction.atomic():
        return record_all([(mail, report)]) > 0


def record_all(outcomes: Sequence[tuple[OutboundMail, Report]]) -> int:
    """The same for many in one statement, in the caller's transaction; how many came to an end."""
    if not outcomes:
        return 0
    rows = []
    for mail, report in outcomes:
        step = next_step(mail, report)
        rows.append((mail.pk, mail.attempts, step.state.value, step.back, step.delay,
                     step.is_unsure, report.text.replace("\x00", "")[:ERROR_LIMIT]))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [list(column) for column in zip(*rows, strict=True)])
        states: dict[int, str] = dict(cursor.fetchall())
    for mail, report in outcomes:
        _tell(mail, report, states.get(mail.pk))
    return sum(state not in (MailState.QUEUED, MailState.UNSURE) for state in states.values())


def next_step(mail: OutboundMail, report: Report) -> Next:
    """What becomes of a mail by what was reported of its newest attempt."""
    cleared = False if report.is_proven else None
    tried = mail.attempts - mail.interruptions
    if report.outcome in ENDS:
        return Next(ENDS[report.outcome], is_unsure=cleared)
    if report.outcome in (Outcome.UNREACHABLE, Outcome.UNTRIED):
        # Not this mail's fault: it keeps its attempts for a server that listens.
        return Next(_waiting(mail, report), back=1)
    if report.outcome is Outcome.UNSURE:
        return _doubtful(tried)
    if report.outcome is Outcome.UNPROVEN:
        return Next(MailState.UNSURE, delay=_delay(BUSY_MINUTES, tried), is_unsure=True)
    delay = _delay(BUSY_MINUTES if report.outcome is Outcome.BUSY else LATER_MINUTES, tried)
    if delay is None:
        return Next(MailState.FAILED, is_unsure=cleared)
    return Next(_waiting(mail, report), delay=delay, is_unsure=cleared)


def _waiting(mail: OutboundMail, report: Report) -> MailState:
    """A mail that may have arrived before stays so until that is known."""
    return MailState.UNSURE if mail.is_unsure and not report.is_proven else MailState.QUEUED


def _doubtful(tried: int) -> Next:
    delay = _delay(LATER_MINUTES if configured_probe() else UNSURE_MINUTES, tried)
    if delay is None:
        return Next(MailState.FAILED, is_unsure=True)
    return Next(MailState.UNSURE, delay=max(delay, settle_seconds()), is_unsure=True)


def _delay(minutes: Sequence[float], tried: int) -> float | None:
    """Seconds until the next attempt after `tried` of them; None: there is none."""
    if tried > len(minutes):
        return None
    chance = random.uniform(0, JITTER) if minutes is BUSY_MINUTES else 0  # noqa: S311  # no secret
    return minutes[max(tried, 1) - 1] * 60 * (1 + chance)


def _tell(mail: OutboundMail, report: Report, state: str | None) -> None:
    logger.info(
        "mail_attempted",
        mail_id=mail.pk,
        kind=mail.kind,
        attempt=mail.attempts,
        outcome=report.outcome.value,
        state=state or "lost",
    )
    if state == MailState.BOUNCED and report.is_dead:
        announce_bounce(mail, why=report.text, is_complaint=False)


def announce_bounce(mail: OutboundMail, *, why: str, is_complaint: bool) -> None:
    """Tell whoever listens, in a savepoint: a listener that fails must not cost us the outcome."""
    try:
        with transaction.atomic():
            mail_bounced.send(
                sender=OutboundMail,
                mail_id=mail.pk,
                recipient=mail.recipient,
                why=single_line(why, WHY_LIMIT),
                is_complaint=is_complaint,
            )
    except Exception:
        logger.exception("mail_bounce_unheard", mail_id=mail.pk)
