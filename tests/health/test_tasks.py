"""Doorbells: run twice, at once, or not at all, what is left behind is the same."""

import threading
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.celery import app as current_app
from core.models import ScheduleSlot
from health import services, tasks
from health.models import HealthSnapshot
from health.services import locking
from portfolio.models import StaleMark
from portfolio.services import mark_stale_many
from tests.factories.health import NOW, TODAY, days_ago, make_kpi, make_product, mark, measure

pytestmark = pytest.mark.django_db

TASKS = {
    "health.tasks.roll_up_stale": {},
    "health.tasks.recompute_days": {},
    "health.tasks.roll_up_chunk": {"product_ids": list(range(1, 2000))},
    "health.tasks.sweep": {},
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def left_behind():
    rows = HealthSnapshot.objects.order_by("product__slug", "day")
    return list(rows.values_list("product__slug", "day", "status", "health", "trend"))


def measured_products(count=3):
    products = [make_product(f"Tool {number}") for number in range(count)]
    for product in products:
        measure(make_kpi(product), 70, ago=3)
        mark(product, ago=3)
    return products


def test_every_task_is_run_twice_here():
    current_app.loader.import_default_modules()
    assert {name for name in current_app.tasks if name.startswith("health.")} == set(TASKS)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_twice_is_once(name, eager_tasks):
    measured_products()
    task = current_app.tasks[name]
    task.delay(**TASKS[name])
    tasks.roll_up_stale()
    once = left_behind()
    task.delay(**TASKS[name])
    tasks.roll_up_stale()
    assert left_behind() == once
    assert once
    assert not StaleMark.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(TASKS))
def test_at_once_is_once(name):
    measured_products()
    barrier, failures = threading.Barrier(4), []

    def run():
        try:
            barrier.wait()
            current_app.tasks[name].run(**TASKS[name])
        except Exception as error:  # noqa: BLE001  # told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    tasks.roll_up_stale()
    assert len(left_behind()) == 12
    assert not StaleMark.objects.exists()
    assert ScheduleSlot.objects.count() == (1 if name.endswith("sweep") else 0)


def test_many_are_handed_out_in_chunks(monkeypatch, eager_tasks):
    measured_products(5)
    monkeypatch.setattr(tasks, "FEW", 2)
    monkeypatch.setattr(locking, "BUCKET", 2)
    monkeypatch.setattr(locking, "TOGETHER", 2)
    handed = []
    original = tasks.roll_up_chunk.apply_async
    monkeypatch.setattr(
        tasks.roll_up_chunk,
        "apply_async",
        lambda kwargs, **options: handed.append(kwargs["product_ids"]) or original(kwargs=kwargs),
    )
    tasks.roll_up_stale()
    assert handed == list(services.chunks(pk for ids in handed for pk in ids))
    assert len(handed) >= 3
    assert HealthSnapshot.objects.count() == 20


def test_sweep_runs_once_a_day():
    make_product()
    tasks.sweep()
    tasks.sweep()
    assert StaleMark.objects.count() == 1
    with time_machine.travel(NOW.replace(day=22), tick=False):
        tasks.sweep()
    assert StaleMark.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_mark_rings_after_the_commit_and_only_then(eager_tasks):
    product = make_product()
    measure(make_kpi(product), 70)
    with transaction.atomic():
        mark_stale_many({product.pk: TODAY})
        assert not HealthSnapshot.objects.exists()
    assert HealthSnapshot.objects.get().health == 70


# The command -------------------------------------------------------------------------------------


def command(*args):
    out = StringIO()
    call_command("roll_up", *args, stdout=out)
    return out.getvalue().strip()


def test_command_rolls_up_what_is_stale():
    measured_products(2)
    assert command() == "2 products, 8 product-days worked out, 8 snapshots changed."
    assert command() == "0 products, 0 product-days worked out, 0 snapshots changed."


def test_command_works_out_one_product_or_one_day():
    one, other = measured_products(2)
    assert command("--product", one.slug).startswith("1 products, ")
    assert set(HealthSnapshot.objects.values_list("product_id", flat=True)) == {one.pk}
    command("--as-of", str(days_ago(500)))
    kept = HealthSnapshot.objects.filter(is_kept=True)
    assert sorted(kept.values_list("product_id", "day")) == [
        (one.pk, days_ago(500)),
        (other.pk, days_ago(500)),
    ]


@pytest.mark.parametrize("args", [("--product", "nothing"), ("--as-of", "2026-11-22")])
def test_command_refuses_what_is_not_there(args):
    with pytest.raises(CommandError):
        command(*args)
