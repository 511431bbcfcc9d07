"""What others tell: a mail came back, some are about to be deleted; a release note is gone."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.signals import mail_bounced, mails_erased
from digests.services.forgetting import replan_unsent
from digests.services.suppressing import suppress
from digests.services.taking_back import take_back
from portfolio.signals import release_deleted


@receiver(mail_bounced, dispatch_uid="digests.suppress")
def bounced(*, recipient: str, why: str, is_complaint: bool = False, **_: Any) -> None:
    """Whatever kind of mail came back: the digest goes to the same address."""
    suppress(address=recipient, why=why, is_complaint=is_complaint, now=timezone.now())


@receiver(mails_erased, dispatch_uid="digests.replan")
def erased(*, mail_ids: set[int], **_: Any) -> None:
    """Nobody else loses their mail."""
    replan_unsent(mail_ids)


@receiver(release_deleted, dispatch_uid="digests.take_back")
def deleted(*, release_id: int, **_: Any) -> None:
    """What is gone is not told on Monday."""
    take_back(release_id=release_id)
