"""Background work of the kpis app."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.selectors import today
from kpis.rules import months_ahead
from kpis.services import ensure_partitions

logger = structlog.get_logger(__name__)


@shared_task
def create_partitions() -> None:
    """Keep room for values three months ahead; harmless to run twice."""
    day = today(timezone.now())
    made = ensure_partitions(day, months_ahead(day))
    logger.info("partitions_created", months=[str(month) for month in made])
