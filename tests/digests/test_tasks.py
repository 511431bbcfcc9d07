"""Friday morning: once, whatever happens to the clock (F10, F24)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection

from accounts.models import Organisation
from core.models import ScheduleSlot
from digests import tasks
from digests.models import Issue, IssueItem
from digests.selectors.undrafted import JOB
from digests.services import drafting
from tests.factories.digests import DRAFTED, MONDAY
from tests.factories.health import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eager_tasks")]

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
OVER = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)


def tick(now):
    with time_machine.travel(now, tick=False):
        tasks.draft_week()


def weeks():
    return list(Issue.objects.order_by("week", "pk").values_list("week", flat=True))


@pytest.mark.parametrize(
    ("now", "is_drafted"),
    [
        (DRAFTED, True),
        (DRAFTED + 30 * HOUR, True),
        (OVER - SECOND, True),
        (OVER, False),
        (DRAFTED + 7 * DAY - SECOND, False),
    ],
)
def test_a_clock_that_was_down_catches_up_until_the_monday_is_over(now, is_drafted):
    make_product()
    tick(now)
    assert weeks() == ([MONDAY] if is_drafted else [])


def test_before_six_it_is_still_last_weeks_turn():
    make_product()
    tick(DRAFTED - SECOND)
    assert weeks() == []
    tick(DRAFTED)
    assert weeks() == [MONDAY]


def test_six_o_clock_is_the_organisations():
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "America/New_York"})
    make_product()
    tick(DRAFTED + 5 * HOUR - SECOND)
    assert weeks() == []
    tick(DRAFTED + 5 * HOUR)
    assert weeks() == [MONDAY]


def test_once_a_slot():
    make_product()
    for minutes in range(0, 24 * 60, 15):
        tick(DRAFTED + dt.timedelta(minutes=minutes))
        if minutes == 60:
            make_product()
    # What was made after the round has none; its manager may ask for one.
    assert weeks() == [MONDAY]
    slot = ScheduleSlot.objects.get(job=JOB)
    assert (slot.slot_start, slot.finished_at) == (DRAFTED, DRAFTED)
    tick(DRAFTED + 7 * DAY)
    assert weeks() == [MONDAY, MONDAY + 7 * DAY, MONDAY + 7 * DAY]
    assert ScheduleSlot.objects.filter(job=JOB).count() == 2


def test_nothing_to_draft_is_a_slot_too():
    tick(DRAFTED)
    assert ScheduleSlot.objects.get(job=JOB).finished_at == DRAFTED


def test_in_chunks_and_whoever_fails_holds_up_nobody(monkeypatch):
    products = [make_product() for _ in range(5)]
    monkeypatch.setattr(tasks, "CHUNK", 2)
    original, sizes = drafting.gather, []

    def failing(product_ids, week, now):
        sizes.append(len(product_ids))
        if products[2].pk in product_ids:
            raise RuntimeError("cannot be read")
        return original(product_ids, week, now)

    monkeypatch.setattr(drafting, "gather", failing)
    tick(DRAFTED)
    made = set(Issue.objects.values_list("product_id", flat=True))
    assert made == {product.pk for product in products} - {products[2].pk}
    assert sizes == [2, 2, 1, 1, 1]
    assert not ScheduleSlot.objects.filter(job=JOB, finished_at__isnull=False).exists()
    monkeypatch.setattr(drafting, "gather", original)
    tick(DRAFTED + HOUR)
    assert Issue.objects.count() == 5
    assert ScheduleSlot.objects.get(job=JOB).finished_at == DRAFTED + HOUR


def test_after_a_crash_in_the_middle_the_rest_is_drafted(monkeypatch):
    for _ in range(4):
        make_product()
    monkeypatch.setattr(tasks, "CHUNK", 2)
    original = tasks.draft_chunk.apply_async
    lost = iter([False, True])

    def losing(**message):
        return None if next(lost) else original(**message)

    monkeypatch.setattr(tasks.draft_chunk, "apply_async", losing)
    tick(DRAFTED)
    assert Issue.objects.count() == 2
    monkeypatch.setattr(tasks.draft_chunk, "apply_async", original)
    tick(DRAFTED + HOUR)
    assert Issue.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_three_clocks_make_one_round():
    for _ in range(3):
        make_product()
    barrier, failures = threading.Barrier(3), []

    def run():
        try:
            barrier.wait()
            tasks.draft_week()
        except Exception as error:  # noqa: BLE001  # told to the test
            failures.append(error)
        finally:
            connection.close()

    with time_machine.travel(DRAFTED, tick=False):
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert failures == []
    assert weeks() == [MONDAY] * 3
    assert ScheduleSlot.objects.filter(job=JOB).count() == 1
    assert IssueItem.objects.count() == len(set(IssueItem.objects.values_list("issue", "key")))
