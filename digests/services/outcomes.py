"""What becomes of one planned mail: the bytes, or why there are none."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

import structlog

from core.mail import NewMail
from digests.emails import write_letter
from digests.enums import DeliveryState
from digests.rules.letter import Letter
from digests.selectors.letters import About, Addressed, Told
from digests.services.failing import Failure
from digests.services.keeping import Outcome, failed
from digests.services.lettering import compose_letter
from digests.services.locking import Locked

logger = structlog.get_logger(__name__)

KIND = "digests.weekly"


def outcome_of(
    one: Addressed,
    products: Mapping[int, Told],
    locked: Locked,
    organisation: str,
    now: dt.datetime,
) -> Outcome:
    """What becomes of the mail of one person; never raises for what is in it.

    A product whose issue can't be drawn is left out, unless it was all that they would have got.
    """
    if one.why_none:
        return Outcome(one.delivery, DeliveryState.SUPPRESSED, one.why_none)
    try:
        composed = compose_letter(
            one, parts=locked.parts, products=products, organisation=organisation
        )
        if composed.letter is not None:
            return _rendered(one, composed.letter, composed.plan, now)
    except Exception:  # nobody waits for a mail that can't be written
        trace = uuid.uuid4().hex[:12]
        logger.exception("digest_not_written", delivery_id=one.delivery.pk, trace=trace)
        return failed(one.delivery, trace, [about.product_id for about in one.abouts])
    for about in one.abouts:
        if trace := locked.trace_of(about.issue_id):
            return failed(one.delivery, trace, [about.product_id])
    return Outcome(one.delivery, DeliveryState.SKIPPED_EMPTY, composed.why)


def _rendered(one: Addressed, letter: Letter, plan: str, now: dt.datetime) -> Outcome:
    written = write_letter(letter, now=now)
    # Asked for again it is due now: by its Monday it might be among what an operator took back.
    due_at = now if one.delivery.attempts else letter.due_at
    mail = NewMail(
        KIND, letter.address, written.subject, letter.message_id, written.raw, now, due_at
    )
    editions = tuple(part.edition_id for part in letter.parts)
    return Outcome(
        one.delivery,
        DeliveryState.RENDERED,
        plan=plan,
        mail=mail,
        edition_ids=editions,
    )


def failures_of(
    outcomes: Sequence[Outcome], abouts: Collection[About], locked: Locked
) -> list[Failure]:
    """Whose product managers have to know: of issues that can't be drawn, and of people whose mail
    can't be written.
    """
    week = max(one.delivery.week for one in outcomes)
    of_issues = [
        Failure(week, trace, (about.product_id,))
        for about in abouts
        if (trace := locked.trace_of(about.issue_id))
    ]
    return of_issues + [one.failure for one in outcomes if one.failure is not None]
