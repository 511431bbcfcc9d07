"""The clock's way to the digest: each asks what is due and calls one service."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import shared_task
from django.utils import timezone

from core.queues import nudge
from digests.rules.weeks import Week
from digests.selectors import waiting
from digests.selectors.undrafted import undrafted, week_to_be_drafted
from digests.services import planning, writing
from digests.services.drafting import CHUNK
from digests.services.rounds import draft_each, finish_round

logger = structlog.get_logger(__name__)

# A chunk that nobody took by then is found missing by a later tick.
EXPIRES_SECONDS = 900


@shared_task
def draft_week() -> None:
    """Draft the issues of the week once its Friday has come; a clock that was down catches up."""
    now = timezone.now()
    week = week_to_be_drafted(now)
    if week is None or finish_round(week=week, now=now):
        return
    ids = undrafted(week)
    for start in range(0, len(ids), CHUNK):
        given = {"monday": week.monday.isoformat(), "product_ids": ids[start : start + CHUNK]}
        draft_chunk.apply_async(kwargs=given, expires=EXPIRES_SECONDS)


@shared_task
def draft_chunk(*, monday: str, product_ids: list[int]) -> None:
    """Draft what these products lack, and note it where that was the last of the week."""
    now = timezone.now()
    week = Week(dt.date.fromisoformat(monday))
    drafted = draft_each(week=week, product_ids=product_ids, now=now)
    finish_round(week=week, now=now)
    logger.info("issues_drafted", week=monday, drafted=drafted)


@shared_task
def plan_and_write() -> None:
    """Plan and write the mails of everybody whose Monday has come; harmless to run twice or late.

    The database's clock decides. A week without its issues is drafted first.
    """
    planned = planning.plan_due()
    if planned and waiting.weeks_without_drafts(timezone.now()):
        nudge(draft_week)
    written = writing.write_all()
    if planned or written:
        logger.info("digests_written", planned=planned, written=written)
