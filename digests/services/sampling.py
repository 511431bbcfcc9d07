"""An issue sent to whoever works on it, to see it in their own mailbox."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction

from accounts.models import User
from accounts.selectors import organisation
from accounts.services.allowances import Bucket, give_back_tokens, take_tokens
from core.mail import NewMail, queue_many
from core.models import OutboundMail
from digests.emails import write_letter
from digests.models import Issue
from digests.presenters.desk.samples import sample_letter
from digests.rules import Length
from digests.services.editions import preview
from stakeholders.rules import Plan

KIND = "digest_test"
AN_HOUR = 10
HOUR_SECONDS = 3_600
AGAIN_AFTER = dt.timedelta(seconds=10)


class TooManyTests(Exception):
    """Enough test mails to one person for an hour; `wait_seconds` until the next."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"{wait_seconds} seconds")
        self.wait_seconds = wait_seconds


@transaction.atomic
def send_test(
    *, issue: Issue, plan: Plan, length: Length, for_team: bool, to: User, now: dt.datetime
) -> OutboundMail:
    """Queue the issue as readers of `plan` would get it now, to `to` alone; nothing is locked.

    Asked for twice within ten seconds it is one mail.

    Raises:
        TooManyTests: ten went to them within the hour.
        ValidationError: their address is none.
    """
    bucket = Bucket("digests.test", str(to.pk), AN_HOUR, HOUR_SECONDS)
    allowed = take_tokens(bucket)
    if not allowed.is_allowed:
        raise TooManyTests(allowed.wait_seconds)
    drawn = preview(issue=issue, plan=plan, length=length, for_team=for_team)
    drawn = replace(drawn, subject=f"Test: {drawn.subject}")
    letter = sample_letter(issue, plan, length, drawn, viewer=to, house=organisation())
    written = write_letter(letter, now=now)
    just = OutboundMail.objects.filter(
        kind=KIND, recipient=to.email, subject=written.subject, created_at__gt=now - AGAIN_AFTER
    ).first()
    if just is not None:
        give_back_tokens(bucket)
        return just
    mail = NewMail(
        kind=KIND,
        to=to.email,
        subject=written.subject,
        message_id=letter.message_id,
        raw=written.raw,
        created_at=now,
    )
    return OutboundMail.objects.get(pk=queue_many([mail])[0])
