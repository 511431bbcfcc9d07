"""The clock's way to intake's work: each asks what is due and calls one service."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from intake.models import Session
from intake.selectors.due_bookings import sessions_with_offers_due
from intake.selectors.inbox.batches import due_batches
from intake.services import batches, making, reminders, shipping, storing, waiting

logger = structlog.get_logger(__name__)


@shared_task
def offer_free_seats() -> None:
    """Let offers lapse, and offer free seats to those who wait; harmless to run twice."""
    now = timezone.now()
    for session in Session.objects.filter(pk__in=sessions_with_offers_due(now)):
        try:
            made = waiting.offer_free_seats(session=session, now=now)
        except Exception:  # one session that fails holds up no other
            logger.exception("seats_not_offered", session_id=session.pk)
        else:
            logger.info("seats_offered", session_id=session.pk, made=made)


@shared_task
def ship_releases() -> None:
    """Tell everybody behind what published releases solve; harmless to run twice or at once."""
    shipped = shipping.ship_due(now=timezone.now())
    logger.info("opportunities_shipped", shipped=shipped)


@shared_task
def send_reminders() -> None:
    """Remind visitors a day before; a full batch means that there may be more."""
    while reminders.send_reminders(now=timezone.now()) >= reminders.BATCH:
        pass


@shared_task
def make_sessions() -> None:
    """Keep the sessions of every series eight weeks ahead; harmless to run twice."""
    made = making.make_sessions(now=timezone.now())
    logger.info("sessions_made", made=made)


@shared_task
def send_inbox_batches() -> None:
    """Tell everybody at their own times what waits for them; harmless to run twice or late."""
    now = timezone.now()
    for user_id, slot_start in due_batches(now):
        try:
            batches.write_batch(user_id=user_id, slot_start=slot_start, now=now)
        except Exception:  # one account that fails holds up nobody else
            logger.exception("inbox_not_told", user_id=user_id)


@shared_task
def prune_attachments() -> None:
    """Remove files that nobody sent along after all; harmless to run twice."""
    removed = storing.prune_attachments(now=timezone.now())
    logger.info("attachments_pruned", removed=removed)
