"""Doorbells of the roll-up: each asks what is stale and hands it to one service."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from core.queues import nudge
from health import services
from health.selectors import stale_products

logger = structlog.get_logger(__name__)

# So few are worked out at once; more are handed out in chunks, to whichever worker is free.
FEW = 50
# A chunk that nobody took by then is found stale by a later tick.
EXPIRES_SECONDS = 60


@shared_task
def roll_up_stale() -> None:
    """Look which products are stale: the clock asks every 15 s, every change rings at once."""
    stale = stale_products()
    if len(stale) <= FEW:
        roll_up_chunk(product_ids=stale)
        return
    for ids in services.chunks(stale):
        roll_up_chunk.apply_async(kwargs={"product_ids": ids}, expires=EXPIRES_SECONDS)


@shared_task
def roll_up_chunk(*, product_ids: list[int]) -> None:
    """Roll up what is still stale of these products."""
    if not product_ids:
        return
    done = services.roll_up_each(product_ids=product_ids, now=timezone.now())
    logger.info("rolled_up", products=done.products, days=done.days, changed=done.changed)


@shared_task
def sweep() -> None:
    """Once a day of the organisation: a row of today for every product."""
    marked = services.sweep_once_a_day(now=timezone.now())
    if marked is not None:
        logger.info("swept", marked=marked)


@shared_task
def recompute_days() -> None:
    """A chunk of what somebody asked for, then ring for the next, so that others get their turn."""
    if services.recompute_some(now=timezone.now()):
        nudge(recompute_days)
