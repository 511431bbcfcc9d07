"""From measurements and plans to snapshots, stored where they differ."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
import structlog
from django.db import OperationalError, connection, transaction

from accounts.selectors import today as local_today
from core.arrays import AnyOf
from core.locks import retry_on_deadlock
from health.models import HealthSnapshot
from health.selectors import (
    TREND_DAYS,
    Renewal,
    Scored,
    Terms,
    beginnings,
    days_to_roll_up,
    score_days,
)
from health.services.locking import lock_products
from health.services.settings import ensure_settings
from portfolio.models import Product, StaleMark

logger = structlog.get_logger(__name__)

# Product-days that are held in memory at once.
BATCH = 4000


class DayNotPast(ValueError):
    """Health of a day that has not come yet."""


@dataclass(frozen=True, slots=True)
class RolledUp:
    """How many products and days were worked out, and how many snapshots changed."""

    products: int = 0
    days: int = 0
    changed: int = 0


@retry_on_deadlock
@transaction.atomic
def roll_up(*, product_ids: Collection[int], now: dt.datetime) -> RolledUp:
    """Work out the stale days of these products again and store what differs.

    Safe to run twice, at the same time and after any crash: a product's roll-ups wait for one
    another, the marks are read before the data, and only the marks that were read are deleted. A
    change that is committed meanwhile brings its own mark.
    """
    make_room()
    alive = lock_products(product_ids)
    marks = list(
        StaleMark.objects.filter(product_id__in=AnyOf(alive)).values_list(
            "pk", "product_id", "from_date"
        )
    )
    first: dict[int, dt.date] = {}
    for _, product_id, from_date in marks:
        first[product_id] = min(from_date, first.get(product_id, from_date))
    today = local_today(now)
    beginning = beginnings(first)
    first.update({pk: max(day, first[pk]) for pk, day in beginning.items()})
    done = store_days(days_to_roll_up(first, today), today, now)
    _drop_unborn(beginning)
    _drop_archived(first)
    StaleMark.objects.filter(pk__in=AnyOf(pk for pk, _, _ in marks)).delete()
    return done


@retry_on_deadlock
@transaction.atomic
def roll_up_as_of(*, product_ids: Collection[int], day: dt.date, now: dt.datetime) -> RolledUp:
    """Store health of one day, which is kept from then on.

    Raises:
        DayNotPast: `day` is after today in the organisation's time zone.
    """
    today = local_today(now)
    if day > today:
        raise DayNotPast(f"{day} has not come yet.")
    make_room()
    alive = lock_products(product_ids)
    done = store_days({pk: [day] for pk in alive}, today, now)
    HealthSnapshot.objects.of_products(alive).filter(day=day).update(is_kept=True)
    return done


def roll_up_each(*, product_ids: Collection[int], now: dt.datetime) -> RolledUp:
    """`roll_up`, but a product that can't be worked out holds up no other one.

    It keeps its mark, so it is tried again, and is named in the log.
    """
    try:
        return roll_up(product_ids=product_ids, now=now)
    except OperationalError:
        raise  # the database, not a product
    except Exception:
        ids = sorted(product_ids)
        if len(ids) <= 1:
            logger.exception("roll_up_failed", product_ids=ids)
            return RolledUp()
    half = len(ids) // 2
    one = roll_up_each(product_ids=ids[:half], now=now)
    two = roll_up_each(product_ids=ids[half:], now=now)
    return RolledUp(one.products + two.products, one.days + two.days, one.changed + two.changed)


def _drop_archived(product_ids: Iterable[int]) -> None:
    """An archived product is in no board from the archive date on."""
    archived = Product.objects.filter(
        pk__in=AnyOf(product_ids), archived_on__isnull=False
    ).values_list("pk", "archived_on")
    for pk, archived_on in archived:
        HealthSnapshot.objects.filter(product_id=pk, day__gte=archived_on).delete()


def _drop_unborn(beginning: Mapping[int, dt.date]) -> None:
    """Nobody keeps a day on which there was neither the product nor a measurement of it."""
    if not beginning:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM health_healthsnapshot s USING unnest(%s::bigint[], %s::date[])"
            " AS beginning (product_id, day) WHERE s.product_id = beginning.product_id"
            " AND s.day < beginning.day AND NOT s.is_kept",
            [list(beginning), list(beginning.values())],
        )


def make_room() -> None:
    """For this transaction: sort in memory, and wait for a large roll-up that is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL work_mem = '64MB'; SET LOCAL statement_timeout = '240s';"
            " SET LOCAL lock_timeout = '120s'"
        )


def store_days(
    work: Mapping[int, list[dt.date]],
    today: dt.date,
    now: dt.datetime,
    renewal: Renewal | None = None,
) -> RolledUp:
    """Work out these days of locked products and store what differs; see `score_days`."""
    if not work:
        return RolledUp()
    ensure_settings(now=now)
    days = changed = 0
    for batch in _batches(work):
        with _no_search_for_garbage():
            scored = score_days(batch, today, renewal)
            days += len(scored)
            changed += _store(scored, today, now)
    return RolledUp(len(work), days, changed)


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """A batch is many small values, none in circles, all in use until they are written.

    To search them for garbage, again and again while they grow in number, takes a tenth of the
    time and finds none.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _batches(work: Mapping[int, list[dt.date]]) -> Iterator[dict[int, list[dt.date]]]:
    """Whole products, together no more than `BATCH` days unless one has more alone."""
    batch: dict[int, list[dt.date]] = {}
    size = 0
    for product_id in sorted(work):
        if batch and size + len(work[product_id]) > BATCH:
            yield batch
            batch, size = {}, 0
        batch[product_id] = work[product_id]
        size += len(work[product_id])
    if batch:
        yield batch


_COLUMNS = {
    "product_id": "bigint",
    "day": "date",
    "status": "text",
    "health": "float8",
    "confidence": "float8",
    "trend": "float8",
    "settings_id": "bigint",
    "plan_mark": "text",
    "before": "jsonb",
    "explanation": "jsonb",
    "reason": "text",
    "measured_on": "date",
}
_VALUES = [name for name in _COLUMNS if name not in ("product_id", "day")]
# One text for all rows: an array of texts would be quoted letter by letter. A plan that a snapshot
# of the product holds already is taken from there, not sent and read again: it is as long as all
# the rest, and seldom changes.
_STORE = """
INSERT INTO health_healthsnapshot AS stored ({columns}, plan, is_kept, computed_at)
SELECT {given}, coalesce(sent.plan, held.plan), false, %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given ({typed}, held_on date)
LEFT JOIN jsonb_to_recordset(%(plans)s::jsonb) AS sent (product_id bigint, mark text, plan jsonb)
    ON sent.product_id = given.product_id AND sent.mark = given.plan_mark
LEFT JOIN health_healthsnapshot AS held
    ON held.product_id = given.product_id AND held.day = given.held_on
ON CONFLICT (product_id, day) DO UPDATE
    SET {sets}, plan = excluded.plan, computed_at = excluded.computed_at
WHERE ({old}) IS DISTINCT FROM ({new})
""".format(
    columns=", ".join(_COLUMNS),
    given=", ".join(f"given.{name}" for name in _COLUMNS),
    typed=", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items()),
    sets=", ".join(f"{name} = excluded.{name}" for name in _VALUES),
    old=", ".join(f"stored.{name}" for name in _VALUES),
    new=", ".join(f"excluded.{name}" for name in _VALUES),
)


def _store(scored: list[Scored], today: dt.date, now: dt.datetime) -> int:
    """Insert or update the snapshots that differ, in one statement; how many did."""
    if not scored:
        return 0
    held = [_held_on(one, today) for one in scored]
    rows = [_row(one, day) for one, day in zip(scored, held, strict=True)]
    plans = {
        (one.product_id, one.terms.plan.mark()): one.terms.plan
        for one, day in zip(scored, held, strict=True)
        if day is None
    }
    sent = [
        {"product_id": product_id, "mark": mark, "plan": plan.as_dict()}
        for (product_id, mark), plan in plans.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, {"now": now, "rows": _json(rows), "plans": _json(sent)})
        return int(cursor.rowcount)


def _held_on(one: Scored, today: dt.date) -> dt.date | None:
    """Where the plan is stored already, and surely stays while this is being written."""
    if one.held_on is None or one.held_on < today - TREND_DAYS:
        return None  # `sweep` may prune it meanwhile
    return one.held_on


def _json(values: list[dict[str, object]]) -> str:
    """In a tenth of the time that the standard library takes; days are written by themselves."""
    return orjson.dumps(values).decode()


def _row(one: Scored, held_on: dt.date | None) -> dict[str, object]:
    """The columns of a snapshot as plain JSON; `held_on`: the day whose snapshot has its plan."""
    return {
        "product_id": one.product_id,
        "day": one.day,
        "status": one.health.status.value,
        "health": one.health.health,
        "confidence": one.health.confidence,
        "trend": one.trend,
        "settings_id": one.terms.settings_id,
        "plan_mark": one.terms.plan.mark(),
        "before": None if one.before == one.terms else _before(one.before),
        "explanation": one.health.explanation(),
        "reason": one.reason[:300],
        "measured_on": one.measured_on,
        "held_on": held_on,
    }


def _before(terms: Terms) -> dict[str, object]:
    return {"settings": terms.settings_id, "plan": terms.plan.as_dict()}
