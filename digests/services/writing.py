"""Planned mails are written, once: their bytes and their row in the outbox in one transaction.

A batch is a transaction. Whoever can't be written is *failed* and holds up nobody else.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Sequence

import structlog
from django.db import OperationalError, transaction

from accounts.selectors import organisation
from core.faults import reach
from core.locks import retry_on_deadlock
from digests.models import DigestDelivery
from digests.selectors.due import database_now
from digests.selectors.letters import letters_for
from digests.selectors.waiting import ready_to_write
from digests.services.failing import Failure, tell_managers
from digests.services.keeping import failed, keep
from digests.services.lettering import voice_of
from digests.services.locking import lock_each
from digests.services.outcomes import failures_of, outcome_of

logger = structlog.get_logger(__name__)

BATCH = 500


@retry_on_deadlock
@transaction.atomic
def write_due(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Write the mails of up to `limit` planned deliveries, the longest due first; how many rows
    left *planned*.

    Each ends as *rendered* with its mail in the outbox, *skipped_empty*, *suppressed* or *failed*,
    and says why. Others that do the same at this moment take other rows. By the database's clock,
    unless `now` says otherwise.
    """
    now = now or database_now()
    rows = ready_to_write(now).select_for_update(of=("self",), skip_locked=True)
    deliveries = list(rows[:limit])
    write_alone_if_need_be(deliveries, now)
    reach("digests_written")
    return len(deliveries)


def write_all(*, seconds: float = 120.0) -> int:
    """Batch after batch until nothing is ready, or so many seconds have passed; how many rows.

    What is left then is written at the next tick.
    """
    began, written = time.monotonic(), 0
    while time.monotonic() < began + seconds:
        batch = write_due()
        written += batch
        if batch < BATCH:
            break
    return written


def write_alone_if_need_be(deliveries: Sequence[DigestDelivery], now: dt.datetime) -> None:
    """Write these, which the caller's transaction holds; where that fails, one after the other."""
    if not deliveries:
        return
    try:
        with transaction.atomic():
            _write(deliveries, now)
    except OperationalError:  # the database's trouble is nobody's own
        raise
    except Exception:
        if len(deliveries) == 1:
            trace = uuid.uuid4().hex[:12]
            logger.exception("digest_not_kept", delivery_id=deliveries[0].pk, trace=trace)
            keep([failed(deliveries[0], trace)], now)
            return
        half = len(deliveries) // 2
        write_alone_if_need_be(deliveries[:half], now)
        write_alone_if_need_be(deliveries[half:], now)


def _write(deliveries: Sequence[DigestDelivery], now: dt.datetime) -> None:
    gathered = letters_for(deliveries, now)
    abouts = {about for one in gathered.people for about in one.abouts}
    locked = lock_each({voice for about in abouts if (voice := voice_of(about))}, now)
    name = organisation().name
    outcomes = [outcome_of(one, gathered.products, locked, name, now) for one in gathered.people]
    keep(outcomes, now)
    _tell(failures_of(outcomes, abouts, locked), now)


def _tell(failures: Sequence[Failure], now: dt.datetime) -> None:
    """Nobody's mail waits for a manager who can't be told."""
    try:
        with transaction.atomic():
            tell_managers(failures, now=now)
    except OperationalError:
        raise
    except Exception:
        logger.exception("managers_not_told", failures=len(failures))
