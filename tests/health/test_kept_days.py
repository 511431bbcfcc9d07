"""Which days are kept, for which products; settings; and roll-ups that meet."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from health import services
from health.models import HealthSettings, HealthSnapshot
from health.rules import Settings
from kpis.models import Measurement
from portfolio.models import Product, StaleMark
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_product,
    make_snapshot,
    mark,
    measure,
)
from tests.health.rolling import roll_up, scored_product, snapshot, stored

pytestmark = pytest.mark.django_db


def test_retired_products_have_a_status_and_no_health():
    product, *_ = scored_product(90, 70, stage="retired")
    mark(product)
    roll_up(product)
    found = snapshot(product)
    assert (found.status, found.health, found.confidence, found.trend) == ("retired", None, 0, None)


def test_archived_products_have_no_snapshot_from_the_archive_date_on():
    product, *_ = scored_product(90, 70)
    mark(product, ago=5)
    roll_up(product)
    Product.objects.filter(pk=product.pk).update(archived_on=days_ago(2))
    mark(product, ago=2)
    roll_up(product)
    days = HealthSnapshot.objects.filter(product=product).values_list("day", flat=True)
    assert sorted(days) == [days_ago(ago) for ago in (5, 4, 3)]
    Product.objects.filter(pk=product.pk).update(archived_on=None)
    mark(product, ago=2)
    roll_up(product)
    assert HealthSnapshot.objects.filter(product=product).count() == 6


def test_snapshots_go_with_their_product_even_by_raw_sql():
    product = make_product()
    make_snapshot(product)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portfolio_product WHERE id = %s", [product.pk])
    assert not HealthSnapshot.objects.exists()


# As asked, sweep, settings -----------------------------------------------------------------------


def test_roll_up_as_of_stores_any_day_and_keeps_it():
    product, score, minutes = scored_product()
    measure(score, 90, ago=300)
    measure(minutes, 70, ago=300)
    services.roll_up_as_of(product_ids=[product.pk], day=days_ago(290), now=NOW)
    assert snapshot(product, ago=290).health == 80
    services.sweep(now=NOW)
    assert snapshot(product, ago=290).is_kept
    measure(score, 70, ago=300)
    mark(product, ago=300)
    roll_up(product)
    assert snapshot(product, ago=290).health == 70


def test_roll_up_as_of_a_day_to_come_is_refused():
    with pytest.raises(services.DayNotPast):
        services.roll_up_as_of(product_ids=[], day=days_ago(-1), now=NOW)


def test_sweep_marks_whoever_lacks_today_and_drops_days_no_longer_kept():
    new, behind, current, archived = (make_product() for _ in range(4))
    Product.objects.filter(pk=archived.pk).update(archived_on=TODAY)
    make_snapshot(behind, ago=4)
    make_snapshot(current, ago=0)
    not_a_monday = make_snapshot(current, ago=41)
    monday = make_snapshot(current, ago=(TODAY.weekday() + 42))
    assert services.sweep(now=NOW) == 2
    marks = dict(StaleMark.objects.values_list("product_id", "from_date"))
    assert marks == {new.pk: TODAY, behind.pk: days_ago(3)}
    assert not HealthSnapshot.objects.filter(day=not_a_monday.day).exists()
    assert HealthSnapshot.objects.filter(day=monday.day).exists()


def test_saving_settings_makes_a_row_and_marks_live_products():
    product = make_product()
    make_product(archived_on=days_ago(3))
    before = HealthSettings.objects.count()
    services.save_settings(values=Settings().as_dict(), by=None, now=NOW)
    assert HealthSettings.objects.count() == before
    row = services.save_settings(values={"watch_from": 50.0}, by=None, now=NOW)
    assert row.values["watch_from"] == 50
    assert [(one.product_id, one.from_date) for one in StaleMark.objects.all()] == [
        (product.pk, TODAY)
    ]


def test_senseless_settings_are_refused():
    with pytest.raises(services.SettingsRefused) as refused:
        services.save_settings(values={"watch_from": 90.0}, by=None, now=NOW)
    assert refused.value.problems == ["Watch must not start above healthy."]


def test_settings_are_made_where_there_are_none():
    HealthSettings.objects.all().delete()
    product, *_ = scored_product(90, 70)
    mark(product)
    roll_up(product)
    assert HealthSettings.objects.get().values == Settings().as_dict()


# Trouble -----------------------------------------------------------------------------------------


def test_a_product_that_can_not_be_worked_out_holds_up_no_other():
    good, *_ = scored_product(90, 70)
    bad, other = make_product(), make_product()
    make_snapshot(bad, ago=1, plan={"stage": "growth"})
    for product in (good, bad, other):
        mark(product, ago=1)
    ids = [good.pk, bad.pk, other.pk]
    services.roll_up_each(product_ids=ids, now=NOW)
    assert StaleMark.objects.get().product_id == bad.pk
    assert snapshot(good).health == 80
    assert HealthSnapshot.objects.filter(product=other).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(count, django_assert_num_queries):
    products = [scored_product(90, 70)[0] for _ in range(count)]
    for product in products:
        mark(product, ago=40)
    roll_up(*products)
    for product in products:
        mark(product, ago=40)
    with django_assert_num_queries(28):
        roll_up(*products)


def test_values_taken_back_leave_no_days_from_before_the_product():
    product, score, _ = scored_product(90, 70, created_at=NOW - dt.timedelta(days=5))
    mark(product, ago=5)
    roll_up(product)
    before = stored(product)
    measure(score, 50, ago=300)
    mark(product, ago=300)
    roll_up(product)
    assert len(stored(product)) > len(before)
    Measurement.objects.filter(date=days_ago(300)).delete()
    mark(product, ago=300)
    roll_up(product)
    assert stored(product) == before


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_each_other_and_leave_one_truth():
    products = [scored_product(90, 70)[0] for _ in range(3)]
    for product in products:
        mark(product, ago=10)
    barrier, failures = threading.Barrier(3), []

    def work(order):
        try:
            barrier.wait()
            services.roll_up(product_ids=[product.pk for product in order], now=NOW)
        except Exception as error:  # noqa: BLE001  # told to the test
            failures.append(error)
        finally:
            connection.close()

    orders = [products, products[::-1], products[1:]]
    threads = [threading.Thread(target=work, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert HealthSnapshot.objects.count() == 33
    assert not StaleMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_roll_up_waits_for_the_one_under_way():
    """Negative control of the lock: a second roll-up must not read before the first has written."""
    product, score, _ = scored_product(90, 70)
    mark(product)
    finished = threading.Event()

    def second():
        services.roll_up(product_ids=[product.pk], now=NOW)
        connection.close()
        finished.set()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        roll_up(product)
        thread.start()
        assert not finished.wait(0.3)
    thread.join(20)
    assert finished.is_set()
    assert Measurement.objects.filter(kpi=score).count() == 1
