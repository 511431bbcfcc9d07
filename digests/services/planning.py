"""Who gets a mail for the Monday that has come where they are: one row each, ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import structlog
from django.db import connection, transaction

from accounts.selectors import organisation
from core.locks import retry_on_deadlock
from core.models import ScheduleSlot
from core.periods import local_date
from digests.selectors.due import Due, database_now, mondays_come

logger = structlog.get_logger(__name__)

JOB = "digests.plan"

# Placed before that Monday, or following since before the slot, a product that is not put away.
PLAN = """
INSERT INTO digests_digestdelivery
    (person_id, week, due_at, state, reason, plan, time_zone, attempts, planned_at)
SELECT person.id, due.week, due.due_at, 'planned', '', '', due.zone, 0, %(now)s
FROM stakeholders_person person
LEFT JOIN accounts_user account ON account.id = person.user_id
JOIN unnest(
    %(stored)s::text[], %(zones)s::text[], %(weeks)s::date[], %(instants)s::timestamptz[]
) AS due (stored, zone, week, due_at)
    ON due.stored
     = coalesce(nullif(person.time_zone, ''), nullif(account.time_zone, ''), %(default)s)
WHERE person.merged_into_id IS NULL AND person.erased_at IS NULL
    AND (%(people)s::bigint[] IS NULL OR person.id = ANY(%(people)s::bigint[]))
    AND NOT EXISTS (
        SELECT FROM digests_digestdelivery delivery
        WHERE delivery.person_id = person.id AND delivery.week = due.week
    )
    AND (
        EXISTS (
            SELECT FROM stakeholders_placement placement
            JOIN portfolio_product product ON product.id = placement.product_id
            WHERE placement.person_id = person.id AND placement.since < due.week
                AND (product.archived_on IS NULL OR product.archived_on > %(today)s)
        )
        OR EXISTS (
            SELECT FROM digests_subscription subscription
            JOIN portfolio_product product ON product.id = subscription.product_id
            WHERE subscription.person_id = person.id AND subscription.follows
                AND subscription.since < due.due_at
                AND (product.archived_on IS NULL OR product.archived_on > %(today)s)
        )
    )
ON CONFLICT (person_id, week) DO NOTHING
"""


@retry_on_deadlock
@transaction.atomic
def plan_due(*, now: dt.datetime | None = None) -> int:
    """A row *planned* for every reader whose Monday 09:00 has come; how many are new.

    By the database's clock, unless `now` says otherwise. Each slot, an instant that is 09:00
    somewhere, is run once however many clocks tick: whoever comes second finds it taken. Later
    ticks plan only whoever has come to a Monday by moving to another time zone. A clock that stood
    still catches up with the newest Monday alone, within its week.
    """
    now, zone = now or database_now(), organisation().time_zone
    dues = mondays_come(now, zone)
    slots = _take({due.due_at for due in dues})
    made = 0
    for instant in slots:
        run = insert_planned([due for due in dues if due.due_at == instant], now, zone)
        logger.info("digests_planned", slot=instant.isoformat(), people=run)
        made += run
    moved = insert_planned(dues, now, zone)
    if moved:
        logger.info("digests_planned_late", people=moved)
    if slots:
        ScheduleSlot.objects.filter(job=JOB, slot_start__in=slots).update(finished_at=now)
    return made + moved


def _take(instants: Collection[dt.datetime]) -> list[dt.datetime]:
    """Those of the slots that nobody has run; ours until the transaction ends.

    Whoever takes the same one at the same time waits here, and finds it finished.
    """
    slots = ScheduleSlot.objects.filter(job=JOB, slot_start__in=instants)
    run = set(slots.exclude(finished_at=None).values_list("slot_start", flat=True))
    fresh = [ScheduleSlot(job=JOB, slot_start=one) for one in sorted(set(instants) - run)]
    if not fresh:
        return []
    ScheduleSlot.objects.bulk_create(fresh, ignore_conflicts=True)
    mine = slots.filter(finished_at=None).order_by("slot_start")
    return [slot.slot_start for slot in mine.select_for_update(of=("self",))]


def insert_planned(
    dues: Sequence[Due], now: dt.datetime, zone: str, person_ids: Collection[int] | None = None
) -> int:
    """Rows for the readers in these zones who have none for that Monday, in one statement.

    `zone` is the organisation's; `person_ids`: of these alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN,
            {
                "now": now,
                "today": local_date(now, zone),
                "default": zone,
                "people": None if person_ids is None else list(person_ids),
                "stored": [due.stored for due in dues],
                "zones": [due.zone for due in dues],
                "weeks": [due.week for due in dues],
                "instants": [due.due_at for due in dues],
            },
        )
        return cursor.rowcount
