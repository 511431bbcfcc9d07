"""What became of planned mails, kept in four statements a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.mail import NewMail, queue_many
from digests.enums import DeliveryState
from digests.models import DigestDelivery
from digests.rules import reasons
from digests.services.failing import Failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one delivery; with `mail` it is *rendered*, else `reason` says why not."""

    delivery: DigestDelivery
    state: DeliveryState
    reason: str = ""
    plan: str = ""
    mail: NewMail | None = None
    edition_ids: tuple[int, ...] = ()
    failure: Failure | None = None


def failed(delivery: DigestDelivery, trace: str, product_ids: Iterable[int] = ()) -> Outcome:
    """It could not be written; the managers of these products are to know."""
    failure = Failure(delivery.week, trace, tuple(product_ids))
    return Outcome(delivery, DeliveryState.FAILED, reasons.unwritten(trace), failure=failure)


KEEP = """
UPDATE digests_digestdelivery AS delivery
SET state = kept.state, reason = kept.reason, plan = kept.plan, mail_id = kept.mail_id,
    attempts = delivery.attempts + 1, ended_at = %(now)s
FROM unnest(
    %(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[], %(plans)s::text[],
    %(mails)s::bigint[]
) AS kept (id, state, reason, plan, mail_id)
WHERE delivery.id = kept.id
"""


def keep(outcomes: Sequence[Outcome], now: dt.datetime) -> None:
    """Put mails into the outbox and note on each delivery what became of it."""
    written = [one for one in outcomes if one.mail is not None]
    ids = queue_many([one.mail for one in written if one.mail is not None])
    mails = {one.delivery.pk: pk for one, pk in zip(written, ids, strict=True)}
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "now": now,
                "ids": [one.delivery.pk for one in outcomes],
                "states": [one.state.value for one in outcomes],
                "reasons": [one.reason for one in outcomes],
                "plans": [one.plan for one in outcomes],
                "mails": [mails.get(one.delivery.pk) for one in outcomes],
            },
        )
        _keep_parts(cursor, written)


PARTS = """
INSERT INTO digests_deliverypart (delivery_id, edition_id, position)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[])
"""


def _keep_parts(cursor: Any, written: Sequence[Outcome]) -> None:
    """Which editions each mail holds, in order."""
    parts = [
        (one.delivery.pk, edition_id, position)
        for one in written
        for position, edition_id in enumerate(one.edition_ids)
    ]
    if parts:
        cursor.execute(PARTS, [list(column) for column in zip(*parts, strict=True)])
