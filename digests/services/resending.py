"""Once more a mail that failed, in writing or in sending, if mail still goes to its reader."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core.mail import send_again
from core.models import OutboundMail
from digests.models import DigestDelivery, Reader
from digests.services.retrying import retry
from stakeholders.models import Person


class Unwanted(Exception):
    """The reader has left or unsubscribed meanwhile, or nothing is sent to their address."""


@transaction.atomic
def try_again(*, delivery: DigestDelivery, by: User, now: dt.datetime) -> bool:
    """Write or send a failed mail once more; whether it was *failed* still.

    Raises:
        DigestDelivery.DoesNotExist: it is gone.
        Unwanted: nothing is sent to this reader any more.
    """
    # Whoever unsubscribes at this moment waits for this row, and then takes the mail back.
    held = DigestDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if not _is_wanted(held):  # a merge may have handed it over since it was read
        raise Unwanted
    if retry(delivery=held, by=by, now=now):
        return True
    mail_ids = [held.mail_id] if held.mail_id is not None else []
    return bool(send_again(mail_ids=mail_ids, by=by.pk, now=now))


def _is_wanted(delivery: DigestDelivery) -> bool:
    """Whether mail goes to this record today: to none that was merged, erased or deactivated."""
    is_here = Q(user=None) | Q(user__is_active=True)
    if not Person.objects.present().filter(is_here, pk=delivery.person_id).exists():
        return False
    own = Reader.objects.select_related("person").filter(person=delivery.person_id).first()
    if own is None:
        return True
    if own.unsubscribed_at is not None or own.is_suppressed:
        return False
    # Mail goes to a corrected address, but one that is written goes where it went.
    refused = OutboundMail.objects.filter(pk=delivery.mail_id or 0)
    return not refused.filter(recipient__iexact=own.suppressed_address).exists()
