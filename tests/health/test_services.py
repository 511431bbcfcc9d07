"""The roll-up: what it leaves behind, whatever happens before, meanwhile and twice."""

import datetime as dt
import sys
import threading

import pytest
from django.db import connection, transaction

from core.periods import kept_days
from health import services
from health.models import HealthSettings, HealthSnapshot
from health.rules import Settings
from kpis.models import Measurement, WithdrawnKpi
from portfolio.models import Product, StaleMark
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    exempt,
    make_kpi,
    make_product,
    make_snapshot,
    mark,
    measure,
)

pytestmark = pytest.mark.django_db


def roll_up(*products, now=NOW):
    return services.roll_up(product_ids=[product.pk for product in products], now=now)


def snapshot(product, ago=0):
    return HealthSnapshot.objects.get(product=product, day=days_ago(ago))


def scored_product(*values, **fields):
    """Growth expects three groups; with two KPIs the confidence is 52."""
    product = make_product(**fields)
    kpis = [
        make_kpi(product, "score"),
        make_kpi(product, "minutes", metric={"group": "productivity"}),
    ]
    for kpi, value in zip(kpis, values, strict=False):
        measure(kpi, value)
    return product, *kpis


def test_a_mark_becomes_a_snapshot_and_is_gone():
    product, *_ = scored_product(90, 70)
    mark(product)
    done = roll_up(product)
    found = snapshot(product)
    assert (done.products, done.days, done.changed) == (1, 1, 1)
    assert (found.status, found.health) == ("healthy", 80)
    assert found.confidence == pytest.approx(100 * 6 / 13.5)
    assert found.reason == "minutes is 30 points behind plan: −15"
    assert found.measured_on == TODAY
    assert found.computed_at == NOW
    assert not StaleMark.objects.exists()


def test_days_from_the_mark_on_are_worked_out():
    product, score, _ = scored_product(90, 70)
    measure(score, 50, ago=10)
    mark(product, ago=12)
    roll_up(product)
    days = HealthSnapshot.objects.filter(product=product).order_by("day")
    assert [row.day for row in days] == [days_ago(ago) for ago in range(12, -1, -1)]
    assert days[0].health is None
    assert days[2].health == 50
    assert days[12].health == 80


def test_old_marks_reach_every_kept_day_and_no_other():
    product, *_ = scored_product(90, 70)
    mark(product, ago=5000)
    roll_up(product)
    days = HealthSnapshot.objects.filter(product=product).values_list("day", flat=True)
    assert sorted(days) == kept_days(TODAY)


def test_a_second_roll_up_writes_nothing():
    product, *_ = scored_product(90, 70)
    for _ in range(2):
        mark(product, ago=60)
        done = roll_up(product, now=NOW)
    assert done.days > 0
    assert done.changed == 0


def test_products_without_a_mark_are_left_alone():
    product, *_ = scored_product(90, 70)
    assert roll_up(product).days == 0
    assert not HealthSnapshot.objects.exists()


def test_marks_of_days_to_come_are_done_with():
    product, *_ = scored_product(90, 70)
    mark(product, ago=-3)
    roll_up(product)
    assert not HealthSnapshot.objects.exists()
    assert not StaleMark.objects.exists()


def test_the_day_is_that_of_the_organisation():
    from accounts.models import Organisation

    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    product, *_ = scored_product(90, 70)
    mark(product, ago=-1)
    roll_up(product, now=dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC))
    assert snapshot(product, ago=-1).status == "healthy"


def test_a_mark_that_comes_while_rolling_up_stays(monkeypatch):
    product, *_ = scored_product(90, 70)
    mark(product)
    module = sys.modules[services.RolledUp.__module__]
    score_days = module.score_days

    def meanwhile(*args):
        mark(product)
        return score_days(*args)

    monkeypatch.setattr(module, "score_days", meanwhile)
    roll_up(product)
    assert StaleMark.objects.filter(product=product).count() == 1


# Trend -------------------------------------------------------------------------------------------


def test_trend_compares_with_28_days_before_even_without_a_snapshot_there():
    product, score, minutes = scored_product()
    for kpi, ago, value in [(score, 28, 40), (minutes, 28, 60), (score, 0, 90), (minutes, 0, 70)]:
        measure(kpi, value, ago=ago)
    mark(product)
    roll_up(product)
    assert snapshot(product).trend == 30
    assert HealthSnapshot.objects.count() == 1


def test_a_late_figure_moves_the_trend_28_days_later():
    product, score, minutes = scored_product(90, 70)
    measure(score, 40, ago=30)
    measure(minutes, 60, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert snapshot(product).trend == 30
    measure(minutes, 80, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert snapshot(product).trend == 20


def test_no_trend_where_either_is_unknown():
    product, *_ = scored_product(90, 70)
    mark(product, ago=28)
    roll_up(product)
    assert snapshot(product, ago=28).status == "unknown"
    assert snapshot(product).trend is None


# As-of -------------------------------------------------------------------------------------------


def test_a_target_changed_today_never_rewrites_the_past():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    score.target = 180
    score.save()
    mark(product, ago=3)
    done = roll_up(product)
    assert snapshot(product, ago=3).health == 50
    assert snapshot(product).health == 60
    assert done.changed == 1


def test_a_correction_of_the_past_keeps_the_plan_of_the_past():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    Product.objects.filter(pk=product.pk).update(stage="sunset")
    score.target = 180
    score.save()
    services.save_settings(values=Settings(watch_from=10.0).as_dict(), by=None, now=NOW)
    measure(score, 60, ago=3)
    mark(product, ago=3)
    roll_up(product)
    earlier, today = snapshot(product, ago=3), snapshot(product)
    assert (earlier.health, earlier.status, earlier.plan["stage"]) == (55, "at_risk", "growth")
    assert today.plan["stage"] == "sunset"
    assert earlier.settings_id < today.settings_id


def test_a_day_without_a_snapshot_uses_what_is_in_force():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product)
    roll_up(product)
    score.target = 200
    score.save()
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == pytest.approx((25 + 50) / 2)


def test_a_new_kpi_with_earlier_figures_enters_days_that_do_not_know_it():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    done = make_kpi(product, "completion", metric={"group": "completion"})
    measure(done, 80, ago=3)
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == 60


def test_an_exemption_of_past_days_enters_them_and_ending_it_leaves_them():
    product, score, _minutes = scored_product(90, 70)
    mark(product, ago=3)
    roll_up(product)
    given = exempt(score, ago=2, until=-2)
    mark(product, ago=2)
    roll_up(product)
    assert snapshot(product).explanation["lines"]["part"] == ["scored", "exempt"]
    given.ends_on = days_ago(1)
    given.save()
    mark(product, ago=2)
    roll_up(product)
    parts = {ago: snapshot(product, ago).explanation["lines"]["part"] for ago in (3, 2, 1, 0)}
    assert parts == {
        3: ["no_value", "no_value"],
        2: ["no_value", "exempt"],
        1: ["no_value", "exempt"],
        0: ["scored", "scored"],
    }


def test_a_deleted_kpi_stays_in_the_past_and_leaves_today():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    score.delete()
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == 50
    assert len(snapshot(product, ago=3).explanation["lines"]["kpi_id"]) == 2
    assert snapshot(product).health == 70


def test_trend_keeps_the_terms_it_was_made_with_after_pruning():
    """28 days before, the plan was another one; its snapshot is dropped, the trend stays."""
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=40)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=40))
    score.target = 160
    score.save()
    Product.objects.filter(pk=product.pk).update(stage="mature")
    mark(product, ago=12)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    before = snapshot(product, ago=12)
    assert before.trend == pytest.approx(before.health - 80)
    HealthSnapshot.objects.filter(day=days_ago(40)).delete()
    mark(product, ago=12)
    roll_up(product)
    after = snapshot(product, ago=12)
    assert (after.trend, after.before) == (before.trend, before.before)


def test_a_kpi_of_an_undone_import_leaves_no_trace():
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=40)
    mark(product, ago=40)
    roll_up(product)
    score.target = 120
    score.save()
    mark(product)
    roll_up(product)
    before = stored(product)
    came = make_kpi(product, "completion", metric={"group": "completion"})
    measure(came, 10, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert stored(product) != before
    WithdrawnKpi.objects.create(kpi_id=came.pk, product=product)
    came.delete()
    mark(product, ago=30)
    roll_up(product)
    assert stored(product) == before


def stored(product):
    """All that snapshots say, but for when they were made."""
    fields = [field.name for field in HealthSnapshot._meta.concrete_fields]
    fields.remove("computed_at")
    return list(HealthSnapshot.objects.filter(product=product).order_by("day").values(*fields))


def test_the_other_end_of_a_trend_forgets_a_withdrawn_kpi_too():
    """28 days before was pruned, so its plan is remembered by the day itself."""
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=60)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=40))
    score.target = 160
    score.save()
    mark(product, ago=12)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    before = snapshot(product, ago=12)
    came = make_kpi(product, "completion", metric={"group": "completion"})
    measure(came, 10, ago=50)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    during = snapshot(product, ago=12)
    assert during.trend != before.trend
    HealthSnapshot.objects.filter(day=days_ago(40)).delete()
    WithdrawnKpi.objects.create(kpi_id=came.pk, product=product)
    came.delete()
    mark(product, ago=12)
    roll_up(product)
    after = snapshot(product, ago=12)
    assert (after.health, after.trend, after.before) == (
        before.health,
        before.trend,
        before.before,
    )


# Plans are kept once -----------------------------------------------------------------------------


def test_a_plan_that_a_snapshot_holds_is_taken_from_there():
    product, score, _minutes = scored_product(90, 70)
    mark(product, ago=3)
    roll_up(product)
    first = snapshot(product, ago=3)
    assert {row.plan_mark for row in HealthSnapshot.objects.all()} == {first.plan_mark}
    assert snapshot(product).plan == first.plan
    score.weight = 5
    score.save()
    mark(product)
    roll_up(product)
    today = snapshot(product)
    assert today.plan_mark != first.plan_mark
    assert [kpi["weight"] for kpi in today.plan["kpis"]] == [3, 5]
    assert snapshot(product, ago=3).plan == first.plan


def test_rows_from_before_there_were_marks_are_read_and_marked():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    kept = stored(product)
    HealthSnapshot.objects.update(plan_mark="")
    score.target = 180
    score.save()
    mark(product, ago=3)
    roll_up(product)
    assert stored(product)[:-1] == kept[:-1]
    assert snapshot(product).health == 60


# Retired, archived, deleted ----------------------------------------------------------------------


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
