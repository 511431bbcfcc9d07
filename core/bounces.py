"""What comes back is kept with the mail that it is about, and told to whoever keeps readers."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from core.mail.addresses import single_line
from core.mail.outcomes import WHY_LIMIT, announce_bounce
from core.mail.returned import Kind, Returned, read_returned
from core.mail.verp import mail_of
from core.models import MailState, OutboundMail
from core.smtp import is_dead

ENDED = (MailState.BOUNCED, MailState.FAILED, MailState.WITHDRAWN)
NO_CODE = 0


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What was made of it. `mail_id` None: it is about no mail of ours, and nothing was done.

    `is_new`: something was changed or told; the same report once more is not.
    """

    kind: Kind
    mail_id: int | None
    is_new: bool = False


@transaction.atomic
def receive_bounce(raw: bytes, *, address: str = "") -> BounceReport:
    """Keep what a report says about a mail of ours. `address` is where it came to, if known.

    A failure for good ends the mail as *bounced*; where the address itself is dead, and for a
    complaint, `core.signals.mail_bounced` is sent. Delays, receipts and answers of machines change
    nothing.

    Raises:
        Unreadable: it is no mail, or too large.
    """
    returned = read_returned(raw)
    if returned.kind not in (Kind.FAILED, Kind.COMPLAINT):
        return BounceReport(returned.kind, None)
    mail = _mail_for(returned, address)
    if mail is None:
        return BounceReport(returned.kind, None)
    why = single_line(returned.why or "The mail came back.", WHY_LIMIT)
    if returned.kind is Kind.COMPLAINT:
        announce_bounce(mail, why=why, is_complaint=True)
        return BounceReport(returned.kind, mail.pk, is_new=True)
    return BounceReport(returned.kind, mail.pk, is_new=_came_back(mail, returned, why))


def _came_back(mail: OutboundMail, returned: Returned, why: str) -> bool:
    if mail.state in ENDED:
        return False
    mail.state, mail.leased_until, mail.is_unsure = MailState.BOUNCED, None, False
    mail.last_error = why
    mail.save(update_fields=["state", "leased_until", "is_unsure", "last_error"])
    if is_dead(NO_CODE, returned.status):
        announce_bounce(mail, why=why, is_complaint=False)
    return True


def _mail_for(returned: Returned, address: str) -> OutboundMail | None:
    """By the signed address that it came back to; without such addresses by what it quotes."""
    mails = OutboundMail.objects.select_for_update(of=("self",)).defer("raw")
    for candidate in (address, *returned.addresses):
        mail_id = mail_of(candidate)
        if mail_id is not None:
            return mails.filter(pk=mail_id).first()
    if settings.MAIL_BOUNCES_TO:
        return None
    mail = mails.filter(message_id__in=returned.message_ids).first()
    named = {one.casefold() for one in returned.recipients}
    return mail if mail is not None and mail.recipient.casefold() in named else None
