"""Once more what was given up, when an operator says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import structlog
from django.db.models import Case, Value, When

from core.mail.queueing import ring
from core.models import MailState, OutboundMail

logger = structlog.get_logger(__name__)


def send_again(*, mail_ids: Collection[int], by: int | None, now: dt.datetime) -> int:
    """Let failed mails begin anew, the same bytes, due now; how many. `by`: the key of an account.

    One that perhaps arrived before is asked about first. Mails that came back or were taken back
    stay as they are. Asking twice does it once.
    """
    failed = OutboundMail.objects.filter(pk__in=mail_ids, state=MailState.FAILED, withdrawn_why="")
    # When(condition) reads the row as it was: a mail in doubt stays in doubt.
    waits = Case(
        When(is_unsure=True, then=Value(MailState.UNSURE.value)),
        default=Value(MailState.QUEUED.value),
    )
    begun = failed.update(state=waits, attempts=0, interruptions=0, due_at=now)
    if begun:
        ring()
        logger.info("mail_begun_anew", count=begun, by=by)
    return begun
