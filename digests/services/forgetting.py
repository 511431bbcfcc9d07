"""When somebody is erased: mails in which they are named go, and are written once more without them
where nobody has begun to send them.
"""

from __future__ import annotations

from collections.abc import Collection

from core.models import MailState
from digests.enums import DeliveryState
from digests.models import DeliveryPart, DigestDelivery
from digests.rules.reasons import GONE


def replan_unsent(mail_ids: Collection[int]) -> int:
    """Before these mails are deleted: plan those to others anew that no server has seen, for nobody
    loses their mail because somebody else is erased; how many. Within the caller's transaction.
    """
    waiting = DigestDelivery.objects.filter(
        mail__in=mail_ids, mail__state=MailState.QUEUED, mail__attempts=0
    )
    to_others = waiting.filter(person__erased_at=None)
    DeliveryPart.objects.filter(delivery__in=to_others).delete()
    again = to_others.update(
        state=DeliveryState.PLANNED, mail=None, plan="", attempts=0, ended_at=None
    )
    waiting.update(state=DeliveryState.SUPPRESSED, reason=GONE, mail=None)
    return again
