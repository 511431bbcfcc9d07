"""Writing again what failed, when an administrator says so."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction

from accounts.models import User
from digests.enums import DeliveryState
from digests.models import DigestDelivery

logger = structlog.get_logger(__name__)


@transaction.atomic
def retry(*, delivery: DigestDelivery, by: User | None, now: dt.datetime) -> bool:
    """Plan a delivery anew whose mail could not be written; whether it was *failed* still.

    It is written at the next tick, due at once. A mail that was written and could not be sent is
    the outbox's.
    """
    failed = DigestDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED)
    changed = failed.update(
        state=DeliveryState.PLANNED, reason="", plan="", ended_at=None, planned_at=now
    )
    if changed:
        logger.info("digest_retried", delivery_id=delivery.pk, by=by.pk if by else None)
    return bool(changed)
